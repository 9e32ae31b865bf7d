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
  return { 'app.kubernetes.io/instance': instance, 'app.kubernetes.io/component': component };
}

/** Labels of every object of an environment, whatever part it is of. */
export function instanceLabels(instance: string): Record<string, string> {
  return { 'app.kubernetes.io/instance': instance, 'app.kubernetes.io/part-of': 'tidegate' };
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

/** Label selector of the server pods of all environments. */
export const SERVER_PODS = 'app.kubernetes.io/part-of=tidegate,app.kubernetes.io/component=server';
