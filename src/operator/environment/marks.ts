import { type FrontDoor, MANAGED_BY, managedBy } from '../../constructs/index.ts';

export const FRONT_DOOR: FrontDoor = 'operator';

/** Field manager of everything the operator writes; the label on its objects says the same. */
export const FIELD_MANAGER = managedBy(FRONT_DOOR);

/** Annotation with the hash of what was last applied: only a difference is written. */
export const APPLIED_HASH = 'tidegate.dev/applied-hash';

/** Environments of the operator by their label. */
export const OWNED_SELECTOR = `${MANAGED_BY}=${FIELD_MANAGER}`;
