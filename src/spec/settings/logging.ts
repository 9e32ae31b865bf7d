import { z } from 'zod';

/** Levels of the log, the least first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

const level = z.enum(LOG_LEVELS).optional().describe('Least level that goes there; logLevel when unset');

const destination = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('stdout'), level }),
  z.strictObject({
    to: z.literal('file'),
    level,
    path: z.string().min(1).max(4_096).describe('The file; a number goes before its ending'),
    maxMegabytes: z
      .number()
      .positive()
      .max(102_400)
      .default(100)
      .describe('Size from which on a new file is begun'),
    every: z.enum(['day', 'hour']).optional().describe('How often a new file is begun, whatever its size'),
    keep: z.int().min(1).max(10_000).default(10).describe('Files that are kept beside the one written to'),
  }),
]);

/** What a spec may tell of the log. */
export const logging = {
  access: z
    .boolean()
    .default(false)
    .describe('Whether each HTTP request and each WebSocket that ends is logged'),
};

/** Where the log goes: a container has one place for it. */
export const logOutput = {
  pretty: z
    .boolean()
    .default(false)
    .describe('Whether standard output gets lines for people instead of JSON'),
  destinations: z
    .array(destination)
    .min(1)
    .max(8)
    .default([{ to: 'stdout' }])
    .describe(
      'Where the log goes: `{"to":"stdout"}`, `{"to":"file","path":"log/app.log"}`, each with `level`; a file with `maxMegabytes` (100), `every` (`day` or `hour`) and `keep` (10) as well',
    ),
};
