import { ApiException } from '@kubernetes/client-node';
import { TidegateError } from '../../spec/index.ts';
import type { ObjectApi } from './object-api.ts';

/**
 * For writes to kinds that are served, where only the namespace can be missing.
 *
 * @throws TidegateError TG5002 where it is, else what was thrown
 */
export function namespaceMissing(namespace: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ApiException) || error.code !== 404) throw error;
    throw TidegateError.of('TG5002', namespace, 'The cluster has no such namespace');
  };
}

/** Creates a namespace where there is none of that name. */
export async function ensureNamespace(api: ObjectApi, name: string): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  // Looked for first: who may not create one may still have one.
  if ((await api.read(namespace)) === undefined) await api.create(namespace);
}
