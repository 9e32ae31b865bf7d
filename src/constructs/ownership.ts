import type { Manifest } from './manifest.ts';

/** Front doors that deliver an environment. */
export type FrontDoor = 'gitops' | 'pulumi' | 'operator';

/** Label that says which front door an object belongs to. */
const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** Objects of a tree, marked with the front door that delivers them. */
export function owned(manifests: readonly Manifest[], door: FrontDoor): readonly Manifest[] {
  return manifests.map((manifest) => ({
    ...manifest,
    metadata: {
      ...manifest.metadata,
      labels: { ...manifest.metadata.labels, [MANAGED_BY]: `tidegate-${door}` },
    },
  }));
}
