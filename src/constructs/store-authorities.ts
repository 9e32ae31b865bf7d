import { parse } from 'node:path/posix';
import { type SecretKey, variableOf } from '../spec/index.ts';
import { secretFile } from './secret-file.ts';
import type { ServerSecret } from './server-secrets.ts';
import type { Stores } from './server-settings.ts';

/**
 * What reaching stores takes besides the passwords, as files of the server's container: authorities that certificates are
 * checked with, and the password of Sentinels.
 */
export function storeAuthorities({ postgres, redis }: Stores): readonly ServerSecret[] {
  const authorities = '/etc/tidegate/authorities';
  return [
    ...file('postgres-ca', postgres.tlsCa, `${authorities}/postgres/ca.crt`, ['postgres', 'tlsCa']),
    ...file('redis-ca', redis?.tlsCa, `${authorities}/redis/ca.crt`, ['redis', 'tlsCa']),
    ...file('sentinel', redis?.sentinelPassword, '/etc/tidegate/secrets/sentinel/value', [
      'redis',
      'sentinelPassword',
    ]),
  ];
}

function file(
  name: string,
  secret: SecretKey | undefined,
  path: string,
  setting: readonly string[],
): readonly ServerSecret[] {
  if (secret === undefined) return [];
  const { dir, base } = parse(path);
  const { volume, mount } = secretFile(`secret-${name}`, secret, dir, base);
  return [{ volume, mount, variables: [{ name: `${variableOf(setting)}_FILE`, value: path }] }];
}
