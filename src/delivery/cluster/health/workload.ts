import type { V1Deployment, V1StatefulSet } from '@kubernetes/client-node';
import type { LiveObject } from '../live-object.ts';
import { conditionOf, isBehind } from './condition.ts';
import { lastEvent } from './events.ts';
import { type Health, ready, type Surroundings, stuck, told, waiting } from './health.ts';
import { podHealth } from './pod.ts';

/** How a Deployment or a StatefulSet does: by its replicas, and where they lack by what keeps its pods. */
export function workloadHealth(object: LiveObject, around: Surroundings): Health {
  const { spec, status } = object as unknown as V1Deployment | V1StatefulSet;
  if (isBehind(object)) return waiting('Its controller has not seen the newest spec yet');
  const wanted = spec?.replicas ?? 1;
  const { readyReplicas = 0, updatedReplicas = 0, replicas = 0 } = status ?? {};
  const counts = `${readyReplicas} of ${wanted} ready, ${updatedReplicas} updated`;
  if (updatedReplicas >= wanted && readyReplicas >= wanted && replicas <= wanted) return ready(counts);
  if ((spec as V1Deployment['spec'])?.paused === true) {
    return stuck(`${counts}; its rollout is paused`, `Use kubectl rollout resume on it`);
  }
  const refusal = replicas < wanted || updatedReplicas < wanted ? refusalOf(object, around) : undefined;
  if (refusal !== undefined) return stuck(`${counts}; ${refusal}`, remedyOfRefusal(refusal));
  const trouble = worst(podsOf(object, around).map((pod) => ({ pod, ...podHealth(pod, around) })));
  if (trouble !== undefined) {
    const { pod, state, reason, remedy, log } = trouble;
    const about = `${counts}; Pod ${pod.metadata.name}: ${reason}`;
    return { state, reason: about, remedy, ...(log === undefined ? {} : { log }) };
  }
  const progress = conditionOf(object, 'Progressing');
  if (progress?.status === 'False') return stuck(`${counts}; ${told(progress.message)}`, 'Look at its pods');
  return waiting(counts);
}

function worst<T extends Health>(pods: readonly T[]): T | undefined {
  return (
    pods.find(({ state }) => state === 'stuck') ??
    pods.find(({ state, remedy }) => state === 'waiting' && remedy !== '') ??
    pods.find(({ state }) => state === 'waiting')
  );
}

function podsOf(object: LiveObject, { pods }: Surroundings): readonly LiveObject[] {
  const { matchLabels = {} } = (object as unknown as V1Deployment).spec?.selector ?? {};
  return pods.filter(
    ({ metadata }) =>
      metadata.deletionTimestamp === undefined &&
      Object.entries(matchLabels).every(([name, value]) => metadata.labels?.[name] === value),
  );
}

/** Why no pods are created: a Deployment has a condition for it, a StatefulSet only events. */
function refusalOf(object: LiveObject, around: Surroundings): string | undefined {
  const failure = conditionOf(object, 'ReplicaFailure');
  if (failure?.status === 'True') return `no pod is created: ${told(failure.message)}`;
  if (object.kind === 'Deployment' || podsOf(object, around).length > 0) return undefined;
  const event = lastEvent(around, object, ['FailedCreate']);
  return event && `no pod is created: ${event.message}`;
}

function remedyOfRefusal(message: string): string {
  if (/quota/.test(message))
    return 'Raise the ResourceQuota of the namespace, or lower the requests in the spec';
  if (/PodSecurity/.test(message)) return 'Correct what the Pod Security Standard of the namespace forbids';
  if (/serviceaccount/i.test(message)) return 'Deliver the environment again: its ServiceAccount is gone';
  return 'Do what the message asks for';
}
