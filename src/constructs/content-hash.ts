import { createHash } from 'node:crypto';

/** Annotation of pod templates: pods are replaced when what they read at start has changed, and only then. */
export const CONFIG_HASH = 'tidegate.dev/config-hash';

/** Short hash of content, the same on every machine. */
export function contentHash(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
