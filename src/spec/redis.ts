import { z } from 'zod';
import { ExternalRedis } from './external-redis.ts';
import { SentinelRedis, StandaloneRedis } from './own-redis.ts';
import { choice } from './rule.ts';

/** What carries messages and presence between replicas, and keeps queued tasks and the history of channels. */
export const Redis = choice({
  standalone: StandaloneRedis.describe(
    'One Redis in the environment, with a password and a volume of its own',
  ),
  sentinel: SentinelRedis.describe(
    'A Redis in the environment whose replicas take over: Sentinels watch the primary, and make another one when it is lost',
  ),
  external: ExternalRedis.describe('A Redis that exists already'),
  inProcess: z.strictObject({}).describe('No Redis: messages stay in the one replica'),
});
export type Redis = z.output<typeof Redis>;
