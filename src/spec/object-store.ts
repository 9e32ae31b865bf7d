import { z } from 'zod';
import { secretKey } from './field.ts';

/** A place in an object store that speaks S3: a bucket of AWS, MinIO, Ceph, R2 and so on. */
export const s3 = z.strictObject({
  bucket: z
    .string()
    .regex(
      /^[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]$/,
      'Must be the name of a bucket: 3 to 63 lower-case letters, digits, - and .',
    )
    .describe('Bucket, which has to exist'),
  endpoint: z
    .string()
    .max(300)
    .regex(
      /^https?:\/\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:[1-9][0-9]{0,4})?$/,
      'Must be a URL without a path, for example https://s3.eu-central-1.amazonaws.com',
    )
    .optional()
    .describe('URL of the store; that of AWS in the region by default'),
  region: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Must be a region, for example eu-central-1')
    .default('us-east-1')
    .describe('Region that requests are signed for'),
  prefix: z
    .string()
    .max(200)
    .regex(
      /^[A-Za-z0-9][-_A-Za-z0-9]*(\/[A-Za-z0-9][-_A-Za-z0-9]*)*$/,
      'Must be a path without / at its ends, for example backups/chat',
    )
    .optional()
    .describe('Path in the bucket; namespace and name of the environment by default'),
  credentials: z
    .strictObject({
      accessKeyId: secretKey.describe('Where the id of the access key is'),
      secretAccessKey: secretKey.describe('Where the access key is'),
    })
    .describe('Keys of Secrets with the access key, which may list, read, write and delete in the bucket'),
});
export type S3 = z.output<typeof s3>;

/** URL of the store that a bucket is in. */
export function endpointOf({ endpoint, region }: Pick<S3, 'endpoint' | 'region'>): string {
  return endpoint ?? `https://s3.${region}.amazonaws.com`;
}
