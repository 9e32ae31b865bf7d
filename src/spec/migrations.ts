import { z } from 'zod';
import { image, resources } from './field.ts';

/**
 * What an application does to its database before a new version of it starts: a command that is run once for each image and
 * command, by one pod at a time.
 */
export const Migrations = z.strictObject({
  command: z
    .array(z.string().min(1).max(4_096))
    .min(1)
    .max(32)
    .describe(
      'Program and its arguments; finds the database in PGHOST, PGUSER and so on, and in DATABASE_URL',
    ),
  image: image
    .optional()
    .describe("Image with the program, built on the server's; that of the server by default"),
  deadlineSeconds: z
    .int()
    .min(10)
    .max(86_400)
    .default(3_600)
    .describe('Seconds after which it has failed, tries and the wait for the database included'),
  resources: resources({ cpu: '100m', memory: '128Mi', memoryLimit: '512Mi' }),
});
export type Migrations = z.output<typeof Migrations>;
