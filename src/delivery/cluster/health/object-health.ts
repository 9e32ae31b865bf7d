import type { V1Job } from '@kubernetes/client-node';
import type { LiveObject } from '../live-object.ts';
import { conditionOf } from './condition.ts';
import { type Health, ready, type Surroundings, stuck, told, waiting } from './health.ts';
import { httpRouteHealth, ingressHealth, serviceHealth } from './route.ts';
import { volumeHealth } from './volume.ts';
import { workloadHealth } from './workload.ts';

const HEALTH: Readonly<Record<string, (object: LiveObject, around: Surroundings) => Health>> = {
  Deployment: workloadHealth,
  StatefulSet: workloadHealth,
  PersistentVolumeClaim: volumeHealth,
  Ingress: ingressHealth,
  HTTPRoute: httpRouteHealth,
  Service: serviceHealth,
  HorizontalPodAutoscaler: autoscalerHealth,
  Job: jobHealth,
};

/** Custom resources that say in the condition `Ready` how they do, once their controller has looked at them. */
const SAYS_READY = ['Cluster', 'Certificate', 'ExternalSecret', 'ScaledObject'];

/** How an object does; what has no status is ready when it is there. */
export function healthOf(object: LiveObject, around: Surroundings): Health {
  if (object.metadata.deletionTimestamp !== undefined) return waiting('It is being deleted');
  return (HEALTH[object.kind] ?? resourceHealth)(object, around);
}

function resourceHealth(object: LiveObject): Health {
  const condition = conditionOf(object, 'Ready');
  if (condition === undefined) {
    return SAYS_READY.includes(object.kind)
      ? waiting('Its controller has not looked at it yet')
      : ready('There');
  }
  if (condition.status === 'True') return ready('Ready');
  return waiting(told(condition.message) || condition.reason || 'Not ready', 'Look at its controller');
}

/** An autoscaler that cannot scale keeps no client out. */
function autoscalerHealth(object: LiveObject): Health {
  const trouble = ['AbleToScale', 'ScalingActive'].flatMap((type) => conditionOf(object, type) ?? []);
  const failing = trouble.find(({ status }) => status === 'False');
  if (failing === undefined) return ready('There');
  return ready(
    `It cannot scale: ${told(failing.message)}`,
    'See that the metrics are served: tidegate doctor',
  );
}

function jobHealth(object: LiveObject): Health {
  if (conditionOf(object, 'Complete')?.status === 'True') return ready('Done');
  const failure = conditionOf(object, 'Failed');
  if (failure?.status === 'True') {
    const remedy = `See kubectl logs -n ${object.metadata.namespace} job/${object.metadata.name}`;
    return stuck(told(failure.message), remedy);
  }
  const { active = 0 } = (object as unknown as V1Job).status ?? {};
  return waiting(active === 0 ? 'It has not started' : 'It runs');
}
