import { z } from 'zod';
import { dnsName, image, port, quantity, resources } from './field.ts';
import { mayBeLate } from './may-be-late.ts';
import { s3 } from './object-store.ts';
import { choice } from './rule.ts';
import { tls, volume } from './stores.ts';

/** A field of a schedule: any, a value or a range of values, each with a step if wanted, or several of these. */
const scheduleField = (value: string) => {
  const one = `(\\*|(${value})(-(${value}))?)(\\/[1-9][0-9]?)?`;
  return `${one}(,${one})*`;
};

/**
 * When backups are taken, as CronJobs say it, without names and words such as `@daily`: CloudNativePG has others.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */
const schedule = z
  .string()
  .max(100)
  .regex(
    new RegExp(
      `^${['[1-5]?[0-9]', '1?[0-9]|2[0-3]', '[1-9]|[12][0-9]|3[01]', '[1-9]|1[0-2]', '[0-6]'].map(scheduleField).join(' ')}$`,
    ),
    'Must be minute, hour, day of the month, month and day of the week, for example 15 3 * * *',
  )
  .describe('When, as minute, hour, day of the month, month and day of the week; in UTC');

/** One database server in a StatefulSet. */
const standalone = z.strictObject({
  image: image.default('docker.io/library/postgres:17.6').describe('Postgres image'),
  major: z
    .int()
    .min(10)
    .max(99)
    .optional()
    .describe('Major version of the image; what its tag begins with by default'),
  resources: resources({ cpu: '100m', memory: '256Mi', memoryLimit: '512Mi' }),
  sharedMemory: quantity
    .optional()
    .describe(
      'Ceiling of /dev/shm, which counts towards the memory limit; the 64 MiB of any container by default',
    ),
  ...volume,
  backup: z
    .strictObject({
      schedule,
      s3: s3.describe('Where dumps go'),
      keep: z.int().min(1).max(1_000).default(7).describe('Dumps that are kept; older ones are deleted'),
    })
    .optional()
    .describe('A CronJob that dumps the database into an object store; none by default'),
});

const pooler = z.strictObject({
  instances: z.int().min(1).max(20).default(2).describe('PgBouncers'),
});

/** A cluster that the operator of CloudNativePG runs. */
const cloudNativePG = z.strictObject({
  instances: z.int().min(1).max(9).default(3).describe('Database servers: a primary, and replicas of it'),
  image: image.default('ghcr.io/cloudnative-pg/postgresql:17.6').describe('Postgres image of CloudNativePG'),
  resources: resources({ cpu: '500m', memory: '512Mi', memoryLimit: '1Gi' }),
  ...volume,
  pooler: pooler
    .optional()
    .describe('PgBouncer between servers and database, by transaction; none by default'),
  backup: z
    .strictObject({
      schedule,
      s3: s3.describe('Where base backups and the log of changes go'),
      keepDays: z
        .int()
        .min(1)
        .max(3_650)
        .default(30)
        .describe('Days back to which any moment can be restored'),
    })
    .optional()
    .describe('Base backups and continuous archiving into an object store; none by default'),
});

const external = z.strictObject({
  host: mayBeLate(dnsName).describe('Host name'),
  port: mayBeLate(port).default(5432).describe('Port'),
  database: mayBeLate(z.string().min(1).max(63)).default('tidegate').describe('Database'),
  user: mayBeLate(z.string().min(1).max(63)).default('tidegate').describe('Login role'),
  tls,
  maxConnections: z
    .int()
    .min(10)
    .max(100_000)
    .default(100)
    .describe('Connections the database grants this environment; pools are sized for it'),
});

/** What keeps chat messages. */
export const Postgres = choice({
  standalone: standalone.describe('One Postgres in the environment, with a volume of its own'),
  cloudNativePG: cloudNativePG.describe('A cluster with fail-over; needs CloudNativePG in the cluster'),
  external: external.describe('A Postgres that exists already'),
});
export type Postgres = z.output<typeof Postgres>;
export type CloudNativePG = z.output<typeof cloudNativePG>;

/** Major version of an image: what is given, else what its tag begins with; undefined when neither says it. */
export function majorOf({
  image: reference,
  major,
}: {
  readonly image: string;
  readonly major?: number | undefined;
}): number | undefined {
  if (major !== undefined) return major;
  const digits = /:([1-9][0-9])(?![0-9])[^:/@]*(?:@.*)?$/.exec(reference)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
