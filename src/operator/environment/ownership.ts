import { MANAGED_BY } from '../../constructs/index.ts';
import { KIND } from '../../spec/index.ts';
import type { ApiError } from '../api/api-error.ts';
import { controllerReference, type KubeObject } from '../api/kube-object.ts';
import { FIELD_MANAGER } from './marks.ts';

/**
 * Whom a live object belongs to, if not to this environment: another controller, or another front door. An object of an
 * environment that had the same name and is gone is free.
 */
export function otherOwner(live: KubeObject, environment: KubeObject): string | undefined {
  const controller = controllerReference(live);
  if (controller !== undefined) {
    const { kind, name } = controller;
    return kind === KIND && name === environment.metadata.name ? undefined : `${kind} ${name}`;
  }
  const label = live.metadata.labels?.[MANAGED_BY];
  return label === undefined || label === FIELD_MANAGER ? undefined : label;
}

/** Field managers that an apply without force came up against. */
export function conflictingManagers(error: ApiError): readonly string[] {
  const managers = error.causes
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ message }) => /^conflict with "([^"]*)"/.exec(message ?? '')?.[1] ?? 'another manager');
  return [...new Set(managers)];
}

/**
 * The one of those managers that applies, as we do: overwriting it would begin a fight, while overwriting an edit ends
 * drift. A manager that the object no longer names is taken for one.
 */
export function applyingManager(live: KubeObject, managers: readonly string[]): string | undefined {
  const entries = live.metadata.managedFields ?? [];
  const does = (name: string, wanted: 'Apply' | 'Update') =>
    entries.some(({ manager, operation }) => manager === name && operation === wanted);
  return managers.find((name) => name !== FIELD_MANAGER && (does(name, 'Apply') || !does(name, 'Update')));
}
