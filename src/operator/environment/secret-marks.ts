import { ROTATION_PHASES, type RotationPhase, type RotationState } from '../../spec/index.ts';
import type { ObjectMeta } from '../api/kube-object.ts';

/** Annotation of a Secret: who may copy it, as `namespace` or `namespace/environment` with commas between; `*` is any. */
export const COPY_TO = 'tidegate.dev/copy-to';

/** Annotations of a Secret that say where its rotation is. Its keys are always those of the same phase. */
const PHASE = 'tidegate.dev/rotation-phase';
const SINCE = 'tidegate.dev/rotation-since';
const REQUEST = 'tidegate.dev/rotation-request';

/** Annotations of Secrets that are read without asking for the Secret. */
export const SECRET_MARKS = [PHASE, SINCE, REQUEST];

/** Whether the annotation of a Secret lets an environment copy it. */
export function mayCopy(consent: string | undefined, namespace: string, environment: string): boolean {
  const allowed = (consent ?? '').split(',').map((one) => one.trim());
  return allowed.some((one) => {
    const [space, name = '*'] = one.split('/');
    return (space === '*' || space === namespace) && (name === '*' || name === environment);
  });
}

/** Where the rotation of a Secret is; one that never rotated is as old as itself. */
export function rotationState({ annotations = {}, creationTimestamp = '' }: ObjectMeta): RotationState {
  const phase = ROTATION_PHASES.find((one) => one === annotations[PHASE]) ?? 'Settled';
  const since = Date.parse(annotations[SINCE] ?? creationTimestamp);
  return { phase, since, request: annotations[REQUEST] ?? '' };
}

export function rotationMarks(phase: RotationPhase, now: number, request: string): Record<string, string> {
  return { [PHASE]: phase, [SINCE]: new Date(now).toISOString(), [REQUEST]: request };
}
