import { z } from 'zod';

/** Work that is queued. */
export const tasks = z
  .strictObject({
    inServer: z
      .boolean()
      .default(true)
      .describe('Whether the server runs tasks itself; without it only tidegate worker does'),
    concurrency: z
      .int()
      .min(1)
      .max(1_000)
      .default(10)
      .describe('Jobs of each task that one process runs at once'),
    keepCompleted: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe('Done jobs of each task that are kept in Redis, to look at them with tools for BullMQ'),
    keepFailed: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(10_000)
      .describe('Dead letters of each task that are kept; beyond them the oldest go'),
  })
  .prefault({})
  .describe('Tasks of the application');
