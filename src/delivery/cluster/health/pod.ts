import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { COMPONENT, INSTANCE } from '../../../constructs/index.ts';
import type { LiveObject } from '../live-object.ts';
import { lastEvent } from './events.ts';
import { type Health, ready, type Surroundings, stuck, told, waiting } from './health.ts';

/** Why kubelets cannot get an image. */
const NO_IMAGE = [
  ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError'],
  ...['RegistryUnavailable', 'SignatureValidationFailed'],
];
/** Why they cannot make a container. */
const NO_CONTAINER = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'];
/** Events of what comes before the first container. */
const NOT_PREPARED = ['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox'];

/** How a pod does. */
export function podHealth(pod: LiveObject, around: Surroundings): Health {
  const { metadata, status = {} } = pod as unknown as V1Pod;
  const condition = (type: string) => status.conditions?.find((one) => one.type === type);
  if (metadata?.deletionTimestamp !== undefined) return waiting('It is ending');
  if (condition('Ready')?.status === 'True') return ready('Ready');
  if (status.phase === 'Succeeded') return ready('Done');
  if (status.phase === 'Failed' && status.reason !== undefined) {
    return stuck(told([status.reason, status.message].filter(Boolean).join(': ')), 'Look at its node');
  }
  const scheduled = condition('PodScheduled');
  if (scheduled?.status === 'False') {
    return stuck(`No node takes it: ${told(scheduled.message)}`, remedyOfScheduling(scheduled.message));
  }
  if (scheduled === undefined) return waiting('It waits for a node');
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const troubles = containers.flatMap((one) => containerTrouble(pod, one, around) ?? []);
  const hasBegun = containers.some(
    ({ state, lastState }) => (state?.running ?? state?.terminated ?? lastState?.terminated) !== undefined,
  );
  return (
    troubles.find(({ state }) => state === 'stuck') ??
    (hasBegun ? undefined : preparation(pod, around)) ??
    troubles[0] ??
    waiting('It starts')
  );
}

/** The container that failed last, whose log tells why; undefined when none has. */
export function failedContainer(
  pod: LiveObject,
): { readonly container: string; readonly previous: boolean } | undefined {
  const { status } = pod as unknown as V1Pod;
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const failed = containers.find((one) => !one.ready && endOf(one) !== undefined);
  // While a container waits to be started again, its log is that of its last run.
  return failed && { container: failed.name, previous: failed.state?.running !== undefined };
}

function endOf({ state, lastState }: V1ContainerStatus) {
  const end = state?.terminated ?? lastState?.terminated;
  return end === undefined || end.exitCode === 0 ? undefined : end;
}

function containerTrouble(
  pod: LiveObject,
  container: V1ContainerStatus,
  { logs, ...around }: Surroundings,
): Health | undefined {
  const { name, image, state, restartCount } = container;
  const waits = state?.waiting;
  if (waits !== undefined && NO_IMAGE.includes(waits.reason ?? '')) {
    const why = told([waits.reason, waits.message].filter(Boolean).join(': '));
    return stuck(
      `Image ${image} of container ${name} cannot be pulled: ${why}`,
      'Correct the image in the spec, push it, or name a pull secret in spec.server.imagePullSecrets',
    );
  }
  if (waits !== undefined && NO_CONTAINER.includes(waits.reason ?? '')) {
    return stuck(
      `Container ${name} cannot be made: ${told(waits.message)}`,
      remedyOfPreparation(waits.message),
    );
  }
  const end = endOf(container);
  if (end !== undefined && !container.ready) {
    const how =
      end.reason === 'OOMKilled' ? 'was killed for want of memory' : `ended with exit code ${end.exitCode}`;
    const log = logs.get(`${pod.metadata.name}/${name}`);
    return {
      ...stuck(
        `Container ${name} ${how}${restartCount > 0 ? `, after ${times(restartCount)} started again` : ''}`,
        end.reason === 'OOMKilled' ? 'Raise its memory limit in the spec' : logsOf(pod, ' --previous'),
      ),
      ...(log === undefined || log.length === 0 ? {} : { log }),
    };
  }
  if (state?.running === undefined || container.ready) return undefined;
  const probe = lastEvent({ logs, ...around }, pod, ['Unhealthy']);
  if (probe === undefined) return waiting(`Container ${name} runs and is not ready yet`);
  return waiting(`Container ${name} runs and is not ready: ${probe.message}`, logsOf(pod));
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** What keeps a pod from its first container. */
function preparation(pod: LiveObject, around: Surroundings): Health | undefined {
  const event = lastEvent(around, pod, NOT_PREPARED);
  return event && stuck(event.message, remedyOfPreparation(event.message));
}

function logsOf({ metadata }: LiveObject, more = ''): string {
  const { [INSTANCE]: instance, [COMPONENT]: component } = metadata.labels ?? {};
  if (component === undefined) return `See kubectl logs -n ${metadata.namespace} ${metadata.name}${more}`;
  const part = component === 'server' ? '' : ` --component ${component}`;
  return `See tidegate logs ${instance} -n ${metadata.namespace}${part}${more}`;
}

function remedyOfScheduling(message = ''): string {
  if (/PersistentVolumeClaim/i.test(message)) return 'See to the PersistentVolumeClaim, then it is scheduled';
  if (/Insufficient|Too many pods/.test(message))
    return 'Add a node, or lower the requests under resources in the spec';
  if (/taint|affinity|selector|topology/i.test(message))
    return 'Correct spec.server.scheduling, or label or add a node';
  return 'Add a node that can take it';
}

function remedyOfPreparation(message = ''): string {
  const name = /secret "([^"]+)" not found|Secret [^/\s]+\/([\w.-]+)/.exec(message);
  if (name !== null)
    return `Create Secret ${name[1] ?? name[2]} with the key that is asked for; tidegate secrets ensure makes generated ones`;
  if (/secret key|key .* in Secret/i.test(message)) return 'Add the key to the Secret';
  if (/configmap/i.test(message)) return 'Deliver the environment again: its ConfigMap is gone';
  return 'Look at the events of the pod and at its node';
}
