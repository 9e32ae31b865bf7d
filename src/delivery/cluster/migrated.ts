import { TidegateError } from '../../spec/index.ts';
import { healthOf } from './health/object-health.ts';
import { nameOf, type ObjectReference } from './live-object.ts';
import { lookAgain } from './look-again.ts';
import type { ObjectApi } from './object-api.ts';

const NOTHING = { pods: [], events: [], logs: new Map() };

/**
 * Waits until a Job that changes the database is done, or the signal ends that. The Job itself says how long it may take.
 *
 * @throws TidegateError TG1470 when it failed
 */
export async function migrated(api: ObjectApi, job: ObjectReference, signal: AbortSignal): Promise<void> {
  for await (const { live } of lookAgain(signal, async () => ({ live: await api.read(job) }))) {
    if (live === undefined) throw TidegateError.of('TG1470', nameOf(job), 'Somebody deleted the Job');
    const { state, reason } = healthOf(live, NOTHING);
    if (state === 'ready') return;
    if (state === 'stuck') throw TidegateError.of('TG1470', nameOf(job), reason);
  }
}
