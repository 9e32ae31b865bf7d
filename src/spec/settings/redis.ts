import { z } from 'zod';
import { port } from '../field.ts';
import { address } from './address.ts';
import { authorities } from './authorities.ts';

const secret = (text: string) => z.string().min(1).optional().meta({ description: text, secret: true });

const shape = z.strictObject({
  url: secret(
    'Redis as a URL in place of the settings below: redis://user:password@host:port, redis+sentinel://user:password@host:port,host:port/name or redis+cluster://user:password@host:port,host:port, user being optional; with rediss in place of redis for TLS',
  ),
  host: z.string().optional().describe('Redis host; the broker is in-process when there is no Redis'),
  port: port.default(6379).describe('Redis port'),
  sentinels: z
    .array(address)
    .max(32)
    .default([])
    .describe('Sentinels (host:port, 26379 by default) that name the primary, in place of redis.host'),
  sentinelName: z
    .string()
    .min(1)
    .max(253)
    .default('mymaster')
    .describe('Name by which the Sentinels know the primary'),
  sentinelPassword: secret('Password of the Sentinels themselves, if they have one'),
  cluster: z
    .array(address)
    .max(32)
    .default([])
    .describe(
      'Nodes (host:port, 6379 by default) of a Redis Cluster, of Redis 7 or newer, in place of redis.host; those that are not listed are found',
    ),
  tls: z.boolean().default(false).describe('Whether Redis, and its Sentinels, are reached over TLS'),
  tlsCa: authorities('Redis'),
  user: z.string().min(1).max(253).optional().describe('User (ACL) to log in as; the default one when unset'),
  password: secret('Redis password'),
});

/** Where Redis is, and how it is reached. */
export const redis = shape.superRefine(({ host, sentinels, cluster, tls, tlsCa }, context) => {
  const kinds = [
    ...(host === undefined ? [] : ['redis.host']),
    ...(sentinels.length === 0 ? [] : ['redis.sentinels']),
    ...(cluster.length === 0 ? [] : ['redis.cluster']),
  ];
  if (kinds.length > 1) {
    context.addIssue({
      code: 'custom',
      path: [kinds.at(-1)?.slice('redis.'.length) ?? ''],
      message: `Redis is given in ${kinds.length} ways: ${kinds.join(', ')}`,
      params: { code: 'TG2009' },
    });
  }
  if (tlsCa !== undefined && !tls) {
    context.addIssue({
      code: 'custom',
      path: ['tls'],
      message: 'There are authorities in redis.tlsCa, and Redis is not reached over TLS',
      params: { code: 'TG2002' },
    });
  }
});
