import { existsSync, readFileSync } from 'node:fs';

const FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** Namespace of the pod this runs in; undefined outside a pod. */
export function podNamespace(): string | undefined {
  return existsSync(FILE) ? readFileSync(FILE, 'utf8').trim() : undefined;
}
