import { z } from 'zod';
import { dnsName, quantity } from './field.ts';
import { mayBeLate } from './may-be-late.ts';

export const tls = z.boolean().default(false).describe('Whether it is reached over TLS');

/** The volume that a store keeps its data on. */
export const volume = {
  storage: quantity.prefault('1Gi').describe('Size of the volume'),
  storageClassName: mayBeLate(dnsName)
    .optional()
    .describe("StorageClass; the cluster's default one when unset"),
};
