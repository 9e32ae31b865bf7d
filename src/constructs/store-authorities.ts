import { variableOf } from '../spec/index.ts';
import { secretFile } from './secret-file.ts';
import type { ServerSecret } from './server-secrets.ts';
import type { Stores } from './server-settings.ts';

/** Authorities that certificates of stores are checked with, as files of the server's container. */
export function storeAuthorities({ postgres: { tlsCa } }: Stores): readonly ServerSecret[] {
  if (tlsCa === undefined) return [];
  const { path, volume, mount } = secretFile(
    'secret-postgres-ca',
    tlsCa,
    '/etc/tidegate/authorities/postgres',
    'ca.crt',
  );
  return [{ volume, mount, variables: [{ name: `${variableOf(['postgres', 'tlsCa'])}_FILE`, value: path }] }];
}
