import { ROTATION_PHASES, type RotationState } from '../../spec/index.ts';
import type { ObjectMeta } from '../api/kube-object.ts';

/** Annotation of a Secret: who may copy it, as `namespace` or `namespace/environment` with commas between; `*` is any. */
export const COPY_TO = 'tidegate.dev/copy-to';

/** Annotations of a Secret that say where its rotation is. Its keys are always those of the same phase. */
const PHASE = 'tidegate.dev/rotation-phase';
const SINCE = 'tidegate.dev/rotation-since';
const BEGAN = 'tidegate.dev/rotation-began';
const REQUEST = 'tidegate.dev/rotation-request';

/** Annotations of Secrets that are read without asking for the Secret. */
export const SECRET_MARKS = [PHASE, SINCE, BEGAN, REQUEST];

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
  const since = annotations[SINCE] ?? creationTimestamp;
  const began = annotations[BEGAN] ?? since;
  return { phase, since: Date.parse(since), began: Date.parse(began), request: annotations[REQUEST] ?? '' };
}

/** The annotations that `rotationState` reads. */
export function rotationMarks({ phase, since, began, request }: RotationState): Record<string, string> {
  return {
    [PHASE]: phase,
    [SINCE]: new Date(since).toISOString(),
    [BEGAN]: new Date(began).toISOString(),
    [REQUEST]: request,
  };
}
