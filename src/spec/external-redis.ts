import { z } from 'zod';
import { dnsName, port, secretKey } from './field.ts';
import { mayBeLate } from './may-be-late.ts';
import { type Rule, withRules } from './rule.ts';
import { address } from './settings/address.ts';
import { tls } from './stores.ts';

const sentinel = z.strictObject({
  master: z
    .string()
    .max(253)
    .regex(/^[-._0-9A-Za-z]+$/, 'Must be letters, digits, -, _ and .')
    .default('mymaster')
    .describe('Name by which the Sentinels know the primary'),
  nodes: z.array(address).min(1).max(32).describe('Sentinels (host:port, 26379 by default)'),
  password: secretKey.optional().describe('Password of the Sentinels themselves; none by default'),
});

const cluster = z.strictObject({
  nodes: z
    .array(address)
    .min(1)
    .max(32)
    .describe('Some nodes (host:port, 6379 by default); those that are not listed are found'),
});

const shape = z.strictObject({
  host: mayBeLate(dnsName).optional().describe('Host name of one Redis'),
  port: mayBeLate(port)
    .default(6379)
    .describe('Port of Redis; with Sentinels, that of the servers they name'),
  sentinel: sentinel.optional().describe('Sentinels that know the primary, in place of host'),
  cluster: cluster.optional().describe('A Redis Cluster of version 7 or newer, in place of host'),
  user: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[!-~]+$/, 'Must be printable and without spaces')
    .optional()
    .describe('User (ACL) to log in as; the default one when unset'),
  tls,
  tlsCa: secretKey
    .optional()
    .describe(
      'Key of a Secret with the authorities (PEM) its certificate is checked with; public ones by default',
    ),
});
type Shape = z.output<typeof shape>;

const rules: readonly Rule<Shape>[] = [
  {
    code: 'TG1441',
    path: [],
    test: ({ host, sentinel, cluster }) =>
      [host, sentinel, cluster].filter((way) => way !== undefined).length === 1,
    cel: '[has(self.host), has(self.sentinel), has(self.cluster)].filter(x, x).size() == 1',
    reason: 'Exactly one of host, sentinel, cluster must be given',
  },
  {
    code: 'TG1442',
    path: ['tls'],
    test: ({ tls, tlsCa }) => tls || tlsCa === undefined,
    cel: 'self.tls || !has(self.tlsCa)',
    reason: 'There are authorities in tlsCa, and Redis is not reached over TLS',
  },
];

/** A Redis that somebody else runs. */
export const ExternalRedis = withRules(shape, rules);
export type ExternalRedis = z.output<typeof ExternalRedis>;
