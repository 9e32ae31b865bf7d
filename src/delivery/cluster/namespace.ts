import type { ObjectApi } from './object-api.ts';

/** Creates a namespace where there is none of that name. */
export async function ensureNamespace(api: ObjectApi, name: string): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  // Looked for first: who may not create one may still have one.
  if ((await api.read(namespace)) === undefined) await api.create(namespace);
}
