import { z } from 'zod';

/** Setting with the authorities that the certificate of a store is checked with. */
export function authorities(store: string) {
  return z
    .string()
    .max(262_144)
    .regex(/^\s*-----BEGIN CERTIFICATE-----/, 'Must be certificates in PEM')
    .optional()
    .meta({
      description: `Authorities (PEM) that the certificate of ${store} is checked with; public ones by default`,
      file: true,
    });
}
