import type { FrontDoor } from '../../constructs/index.ts';

/** Field manager of everything the operator writes. */
export const FIELD_MANAGER = 'tidegate-operator';

export const FRONT_DOOR: FrontDoor = 'operator';
/** Label, and its value on the operator's objects. `owned` of the constructs sets it. */
export const MANAGED_BY = 'app.kubernetes.io/managed-by';
export const OPERATOR = `tidegate-${FRONT_DOOR}`;

/** Annotation with the hash of what was last applied: only a difference is written. */
export const APPLIED_HASH = 'tidegate.dev/applied-hash';

/** Environments of the operator by their label. */
export const OWNED_SELECTOR = `${MANAGED_BY}=${OPERATOR}`;
