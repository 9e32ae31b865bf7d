import type { Kind } from '../constructs/index.ts';

export type { Kind } from '../constructs/index.ts';

export const SECRET: Kind = { apiVersion: 'v1', kind: 'Secret', plural: 'secrets' };
export const LEASE: Kind = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases' };
export const EVENT: Kind = { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events' };

/** API group of a kind; empty for the core group. */
export function groupOf({ apiVersion }: Kind): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Path of a kind's collection, of one of its objects, or of a subresource of that. */
export function pathOf(kind: Kind, namespace?: string, name?: string, subresource?: string): string {
  const root = kind.apiVersion === 'v1' ? '/api/v1' : `/apis/${kind.apiVersion}`;
  return [
    root,
    ...(namespace === undefined ? [] : ['namespaces', encodeURIComponent(namespace)]),
    kind.plural,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
    ...(subresource === undefined ? [] : [subresource]),
  ].join('/');
}
