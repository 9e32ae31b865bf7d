import { FRONT_DOORS, type FrontDoor, MANAGED_BY, managedBy } from '../../constructs/index.ts';

export const FRONT_DOOR: FrontDoor = 'operator';

/** Field manager of everything the operator writes; the label on its objects says the same. */
export const FIELD_MANAGER = managedBy(FRONT_DOOR);

/** Annotation with the hash of what was last applied: only a difference is written. */
export const APPLIED_HASH = 'tidegate.dev/applied-hash';

/** Objects of every front door by their label: what another one delivers is known without asking. */
export const DELIVERED_SELECTOR = `${MANAGED_BY} in (${FRONT_DOORS.map(managedBy).join(',')})`;
