import { type FrontDoor, MANAGED_BY, managedBy } from '../../constructs/index.ts';

export const FRONT_DOOR: FrontDoor = 'operator';

/** Value of the label on the operator's objects. */
export const OPERATOR = managedBy(FRONT_DOOR);

/** Field manager of everything the operator writes. */
export const FIELD_MANAGER = OPERATOR;

/** Annotation with the hash of what was last applied: only a difference is written. */
export const APPLIED_HASH = 'tidegate.dev/applied-hash';

/** Environments of the operator by their label. */
export const OWNED_SELECTOR = `${MANAGED_BY}=${OPERATOR}`;
