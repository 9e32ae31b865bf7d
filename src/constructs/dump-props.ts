import { type Environment, imageOf, isRotated, LOGIN_KEY, secretRequirements } from '../spec/index.ts';
import { LOGIN, POSTGRES_PORT } from './postgres.ts';
import type { DumpProps } from './postgres-backup.ts';

/** What dumping and restoring the database of an environment takes; undefined when it keeps no dumps. */
export function dumpProps(environment: Environment): DumpProps | undefined {
  const { metadata, spec } = environment;
  const { standalone } = spec.postgres;
  const password = secretRequirements(environment).find(({ role }) => role === 'postgres');
  if (standalone?.backup === undefined || password === undefined) return undefined;
  return {
    instance: metadata.name,
    connection: { host: `${metadata.name}-postgres`, port: POSTGRES_PORT, ...LOGIN },
    password: { name: password.name, key: isRotated(password) ? LOGIN_KEY : password.key },
    isLogin: isRotated(password),
    postgresImage: standalone.image,
    image: imageOf(spec.server),
    imagePullSecrets: spec.server.imagePullSecrets,
    spec: standalone.backup,
    prefix: `${metadata.namespace}/${metadata.name}`,
    storage: standalone.storage,
  };
}
