/** Labels by which objects are told apart: the environment, the part of it, and that Tidegate made them. */
export const INSTANCE = 'app.kubernetes.io/instance';
export const COMPONENT = 'app.kubernetes.io/component';
export const PART_OF = 'app.kubernetes.io/part-of';
/** Value of `PART_OF`. */
export const TIDEGATE = 'tidegate';

/** Parts of an environment, as they stand in `app.kubernetes.io/component`. */
export type Component = 'server' | 'worker' | 'redis' | 'postgres' | 'backup' | 'migration' | 'route';

const NAMES: Readonly<Record<Component, string>> = {
  server: 'realtime-server',
  worker: 'realtime-worker',
  redis: 'redis',
  postgres: 'postgres',
  backup: 'postgres-backup',
  migration: 'migration',
  route: 'realtime-environment',
};

/** Labels that select the pods of one part; they never change, since a Deployment's selector cannot. */
export function selectorLabels(instance: string, component: Component): Record<string, string> {
  return { [INSTANCE]: instance, [COMPONENT]: component };
}

/** Labels of every object of an environment, whatever part it is of. */
export function instanceLabels(instance: string): Record<string, string> {
  return { [INSTANCE]: instance, [PART_OF]: TIDEGATE };
}

/**
 * Labels of every object of a part.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function labels(instance: string, component: Component): Record<string, string> {
  return {
    'app.kubernetes.io/name': NAMES[component],
    ...selectorLabels(instance, component),
    ...instanceLabels(instance),
  };
}

/** Labels as a selector in the query of a request. */
export function selectorOf(wanted: Readonly<Record<string, string>>): string {
  return Object.entries(wanted)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
}

/** Selector of the server pods of all environments. */
export const SERVER_PODS = selectorOf({ [PART_OF]: TIDEGATE, [COMPONENT]: 'server' });
