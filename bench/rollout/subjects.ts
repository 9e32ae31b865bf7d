import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiKeyEntry, VERSION } from '../../src/spec/index.ts';
import { type ServerCommand, TOKEN_KEY } from '../contender.ts';
import { centrifugo } from '../contenders/centrifugo/centrifugo.ts';
import { installedAt } from '../installed.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
/** Protects nothing. */
export const SECRET = 'the-benchmark-has-this-secret';
const HISTORY = { size: 10_000, seconds: 300 };

/** What a replica shares with the others, and how it is to leave. */
export interface Surroundings {
  readonly port: number;
  /** Empty when it starts. */
  readonly directory: string;
  readonly redisPort: number;
  readonly postgresPort: number;
  readonly replicas: number;
  /** Reconnects a second. */
  readonly budget: number;
}

/** A server whose replicas are replaced under its clients, which speak the same protocol. */
export interface Subject {
  readonly name: string;
  version(): string;
  install(): Promise<void>;
  server(surroundings: Surroundings): ServerCommand;
  /** Of its HTTP API. */
  readonly publishPath: string;
}

/** Its channels, with the drain that an environment of this many replicas has. */
const tidegate: Subject = {
  name: 'Tidegate',
  version: () => `${VERSION}, Node ${process.versions.node}`,
  install: async () => {},
  publishPath: '/api/channels/publish',
  server: ({ port, redisPort, postgresPort, replicas, budget }) => ({
    program: process.execPath,
    args: [MAIN, 'serve'],
    env: {
      TIDEGATE_PORT: String(port),
      TIDEGATE_LOG_LEVEL: 'warn',
      TIDEGATE_AUTH_TOKEN_KEY: TOKEN_KEY,
      TIDEGATE_AUTH_API_KEYS: apiKeyEntry({ name: 'bench', scope: 'api' }, SECRET),
      TIDEGATE_REDIS_URL: `redis://:${SECRET}@127.0.0.1:${redisPort}`,
      TIDEGATE_POSTGRES_URL: `postgres://tidegate:${SECRET}@127.0.0.1:${postgresPort}/tidegate`,
      TIDEGATE_DRAIN_RECONNECTS_PER_SECOND: String(budget),
      TIDEGATE_DRAIN_CLOSES_PER_SECOND: String(budget / replicas),
      TIDEGATE_DRAIN_TIMEOUT_SECONDS: '600',
      TIDEGATE_CHANNELS_WITHOUT_NAMESPACE_HISTORY_SIZE: String(HISTORY.size),
      TIDEGATE_CHANNELS_WITHOUT_NAMESPACE_HISTORY_TTL_SECONDS: String(HISTORY.seconds),
    },
    readyPath: '/readyz',
  }),
};

/** Its defaults, with history and recovery. */
const contender: Subject = {
  name: 'Centrifugo',
  version: () => centrifugo.version(),
  install: () => centrifugo.install(),
  publishPath: '/api/publish',
  server({ port, directory, redisPort }) {
    const file = join(directory, 'config.json');
    const config = {
      http_server: { address: '127.0.0.1', port },
      http_api: { key: SECRET },
      client: { token: { hmac_secret_key: TOKEN_KEY } },
      channel: {
        without_namespace: {
          allow_subscribe_for_client: true,
          history_size: HISTORY.size,
          history_ttl: `${HISTORY.seconds}s`,
          force_recovery: true,
        },
      },
      health: { enabled: true },
      engine: { type: 'redis', redis: { address: [`redis://:${SECRET}@127.0.0.1:${redisPort}`] } },
    };
    writeFileSync(file, JSON.stringify(config));
    return {
      program: join(installedAt(`centrifugo@${centrifugo.version()}`), 'centrifugo'),
      args: ['--config', file],
      readyPath: '/health',
    };
  },
};

export const SUBJECTS: readonly Subject[] = [tidegate, contender];
