import { z } from 'zod';
import { amount, dnsName, image, port, quantity, resources } from './field.ts';
import { choice, type Rule, withRules } from './rule.ts';

const tls = z.boolean().default(false).describe('Whether it is reached over TLS');

/** The volume that a store keeps its data on. */
const volume = {
  storage: quantity.prefault('1Gi').describe('Size of the volume'),
  storageClassName: dnsName.optional().describe("StorageClass; the cluster's default one when unset"),
};

const standaloneRedis = z.strictObject({
  image: image.default('docker.io/library/redis:7.4').describe('Redis image'),
  resources: resources({ cpu: '100m', memory: '128Mi', memoryLimit: '256Mi' }),
  ...volume,
});

/**
 * Data takes half of the memory at the most (`derive`). Its log grows to twice that until it is rewritten, and for as long
 * as that takes the old and the new one are both there: three to four times the data.
 */
const volumeHoldsLog: Rule<z.output<typeof standaloneRedis>> = {
  code: 'TG1116',
  path: ['storage'],
  test: ({ storage, resources: { limits } }) => amount(storage) >= 2 * amount(limits.memory),
  cel: '!quantity(string(self.storage)).sub(quantity(string(self.resources.limits.memory))).isLessThan(quantity(string(self.resources.limits.memory)))',
  reason:
    'While Redis rewrites its log, that takes up to twice the memory of resources.limits.memory on the volume',
};

/** What carries messages and presence between replicas, and keeps queued tasks and the history of channels. */
export const Redis = choice({
  standalone: withRules(standaloneRedis, [volumeHoldsLog]).describe(
    'One Redis in the environment, with a password and a volume of its own',
  ),
  external: z
    .strictObject({
      host: dnsName.describe('Host name'),
      port: port.default(6379).describe('Port'),
      tls,
    })
    .describe('A Redis that exists already'),
  inProcess: z.strictObject({}).describe('No Redis: messages stay in the one replica'),
});
export type Redis = z.output<typeof Redis>;

/** What keeps chat messages. */
export const Postgres = choice({
  standalone: z
    .strictObject({
      image: image.default('docker.io/library/postgres:17.6').describe('Postgres image'),
      resources: resources({ cpu: '100m', memory: '256Mi', memoryLimit: '512Mi' }),
      ...volume,
    })
    .describe('One Postgres in the environment, with a volume of its own'),
  external: z
    .strictObject({
      host: dnsName.describe('Host name'),
      port: port.default(5432).describe('Port'),
      database: z.string().min(1).max(63).default('tidegate').describe('Database'),
      user: z.string().min(1).max(63).default('tidegate').describe('Login role'),
      tls,
      maxConnections: z
        .int()
        .min(10)
        .max(100_000)
        .default(100)
        .describe('Connections the database grants this environment; pools are sized for it'),
    })
    .describe('A Postgres that exists already'),
});
export type Postgres = z.output<typeof Postgres>;
