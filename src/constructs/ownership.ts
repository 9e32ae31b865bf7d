import type { Manifest } from './manifest.ts';

/** Front doors that deliver an environment; `cli` is `tidegate up`. */
export const FRONT_DOORS = ['gitops', 'pulumi', 'operator', 'cli'] as const;
export type FrontDoor = (typeof FRONT_DOORS)[number];

/** Label that says which front door an object belongs to. */
export const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** Annotation by which an owner lets another front door have an object; its value is what `MANAGED_BY` may become. */
export const HANDED_TO = 'tidegate.dev/handed-to';

/** What that label says for a front door. */
export function managedBy(door: FrontDoor): string {
  return `tidegate-${door}`;
}

/** An object, marked with the front door that delivers it. */
export function ownedBy<M extends Manifest>(manifest: M, door: FrontDoor): M {
  const labels = { ...manifest.metadata.labels, [MANAGED_BY]: managedBy(door) };
  return { ...manifest, metadata: { ...manifest.metadata, labels } };
}

/** The objects of a tree, marked so. */
export function owned<M extends Manifest>(manifests: readonly M[], door: FrontDoor): readonly M[] {
  return manifests.map((manifest) => ownedBy(manifest, door));
}
