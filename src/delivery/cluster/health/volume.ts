import type { LiveObject } from '../live-object.ts';
import { lastEvent } from './events.ts';
import { type Health, ready, type Surroundings, stuck, waiting } from './health.ts';

const ON_THEIR_WAY = ['WaitForFirstConsumer', 'WaitForPodScheduled', 'ExternalProvisioning', 'Provisioning'];
const FAILED = ['FailedBinding', 'ProvisioningFailed'];

/** How a PersistentVolumeClaim does. */
export function volumeHealth(object: LiveObject, around: Surroundings): Health {
  const { phase = 'Pending' } = (object.status ?? {}) as { phase?: string };
  const { storageClassName } = (object.spec ?? {}) as { storageClassName?: string };
  if (phase === 'Bound') return ready('Bound');
  if (phase === 'Lost') return stuck('Its volume is gone', 'Restore the data, then delete the claim');
  const event = lastEvent(around, object, [...FAILED, ...ON_THEIR_WAY]);
  if (event === undefined) return waiting('Pending');
  if (!FAILED.includes(event.reason)) return waiting(event.message);
  const remedy =
    storageClassName === undefined
      ? 'Make a StorageClass the default one, or set storageClassName in the spec'
      : `Create StorageClass ${storageClassName}, see to its provisioner, or set storageClassName to another`;
  return stuck(event.message, remedy);
}
