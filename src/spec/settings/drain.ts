import { z } from 'zod';

/** How a replica lets go of its clients. */
export const DrainSettings = z.strictObject({
  reconnectsPerSecond: z
    .number()
    .positive()
    .default(1_000)
    .describe('Sockets that all replicas together let go a second; they share it by Redis'),
  closesPerSecond: z
    .number()
    .positive()
    .default(1_000)
    .describe('Sockets this replica lets go a second without Redis, or while Redis is away'),
  rebalance: z
    .boolean()
    .default(false)
    .describe('Whether this replica lets go of what it clearly has more than the others; needs Redis'),
  timeoutSeconds: z
    .int()
    .min(0)
    .default(10)
    .describe('Seconds from the stop signal to the end of the process, sockets or not'),
});
