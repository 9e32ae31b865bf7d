import { z } from 'zod';

export const MOST_WORKERS = 128;

/** Several processes on one port. */
export const workers = z
  .strictObject({
    count: z
      .union([z.int().min(1).max(MOST_WORKERS), z.literal('auto')], {
        error: `Must be auto, or a whole number from 1 to ${MOST_WORKERS}`,
      })
      .default(1)
      .describe('Processes that serve the port; auto starts one for each processor there is'),
    timeoutSeconds: z
      .number()
      .min(1)
      .max(3_600)
      .default(30)
      .describe('Seconds that a worker may be stuck in one turn of its event loop before it is replaced'),
  })
  .prefault({})
  .describe('Several processes on one port');
