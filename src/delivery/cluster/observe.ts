import { ApiException } from '@kubernetes/client-node';
import { INSTANCE, selectorOf } from '../../constructs/index.ts';
import type { Health, Surroundings } from './health/health.ts';
import { healthOf } from './health/object-health.ts';
import { failedContainer, podHealth } from './health/pod.ts';
import type { LiveObject } from './live-object.ts';
import type { ObjectApi } from './object-api.ts';

/** An object and how it does. */
export interface ObjectHealth extends Health {
  readonly kind: string;
  readonly name: string;
}

const EVENT = { apiVersion: 'v1', kind: 'Event' };
const LOG_LINES = 5;

/** How objects of an environment do, as they are at this moment. */
export async function healths(
  api: ObjectApi,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  objects: readonly LiveObject[],
): Promise<{ readonly objects: readonly ObjectHealth[]; readonly pods: readonly ObjectHealth[] }> {
  const around = await surroundingsOf(api, { namespace, name }, objects);
  const of = (health: typeof healthOf) => (object: LiveObject) => ({
    kind: object.kind,
    name: object.metadata.name,
    ...health(object, around),
  });
  return { objects: objects.map(of(healthOf)), pods: around.pods.map(of(podHealth)) };
}

/**
 * What says how the objects of an environment do, besides themselves. Events and logs are asked for where something is not
 * ready only; who may not see them does without.
 */
async function surroundingsOf(
  api: ObjectApi,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  objects: readonly LiveObject[],
): Promise<Surroundings> {
  const labelSelector = selectorOf({ [INSTANCE]: name });
  const pods = await api.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector });
  const around = { pods, events: [], logs: new Map() };
  if (objects.every((object) => healthOf(object, around).state === 'ready')) return around;
  // What a volume waits for is told as nothing to worry about.
  const selectors = ['type=Warning', 'involvedObject.kind=PersistentVolumeClaim'];
  const [events, logs] = await Promise.all([
    Promise.all(
      selectors.map((fieldSelector) => api.list(EVENT, { namespace, fieldSelector }).catch(nothing([]))),
    ),
    Promise.all(pods.map((pod) => logOf(api, pod))),
  ]);
  return { pods, events: events.flat(), logs: new Map(logs.flat()) };
}

async function logOf(
  api: ObjectApi,
  pod: LiveObject,
): Promise<readonly (readonly [string, readonly string[]])[]> {
  const failed = failedContainer(pod);
  if (failed === undefined) return [];
  const log = await api.log(pod.metadata, { ...failed, lines: LOG_LINES }).catch(nothing(''));
  const lines = log.split('\n').filter((line) => line !== '');
  return [[`${pod.metadata.name}/${failed.container}`, lines]];
}

/** The API server or a kubelet may refuse, or may not have it any more. */
function nothing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof ApiException) return instead;
    throw error;
  };
}
