import type { Manifest } from './manifest.ts';

/** Annotation of the volume: major version of Postgres whose data it holds. */
export const POSTGRES_MAJOR = 'tidegate.dev/postgres-major';

interface Annotated {
  readonly metadata: Pick<Manifest['metadata'], 'name' | 'annotations'>;
}

/**
 * Why a volume must not get the Postgres of a tree: its data is of another major version. Undefined when it may.
 *
 * @param wanted the volume as the tree has it
 * @param there the volume as it is
 */
export function majorChange(wanted: Annotated, there: Annotated): string | undefined {
  const [next, now] = [wanted, there].map(({ metadata }) => metadata.annotations?.[POSTGRES_MAJOR]);
  if (next === undefined || now === undefined || next === now) return undefined;
  return `PersistentVolumeClaim ${wanted.metadata.name} holds data of Postgres ${now}, and the image is of Postgres ${next}`;
}
