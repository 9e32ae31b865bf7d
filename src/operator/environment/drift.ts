import type { FieldSet, KubeObject, ManagedFields } from '../api/kube-object.ts';
import type { Desired } from './desired.ts';
import { APPLIED_HASH, FIELD_MANAGER } from './marks.ts';

/**
 * Whether a live object is what it should be. Values are not compared, since the API server rewrites some of them. Instead:
 * the hash says that this very content was applied, and our entry in the managed fields says that it still stands, because
 * the API server takes a field out of it once somebody else changes or removes the field.
 */
export function isAsApplied(desired: Desired, live: KubeObject): boolean {
  return isLastApplied(desired, live) && stands(desired, live);
}

/** Whether this content was the last to be applied, though it may have been changed since. */
export function isLastApplied(desired: Desired, live: KubeObject): boolean {
  return live.metadata.annotations?.[APPLIED_HASH] === desired.metadata.annotations?.[APPLIED_HASH];
}

/** Who last changed an object by something other than an apply. */
export function lastEditor(live: KubeObject): string | undefined {
  const edits = (live.metadata.managedFields ?? []).filter(
    ({ operation, subresource }) => operation === 'Update' && subresource !== 'status',
  );
  return edits.sort((one, other) => (one.time ?? '').localeCompare(other.time ?? '')).at(-1)?.manager;
}

function stands(desired: Desired, live: KubeObject): boolean {
  const own = ownEntry(live)?.fieldsV1;
  if (own === undefined) return false;
  const { apiVersion: _version, kind: _kind, metadata, ...content } = desired;
  const { labels, annotations, ownerReferences } = metadata;
  return isCovered({ ...content, metadata: { labels, annotations, ownerReferences } }, own);
}

/** What the API server notes of our applying an object; nobody else can have written it. */
export function ownEntry({ metadata }: KubeObject): ManagedFields | undefined {
  return metadata.managedFields?.find(
    ({ manager, operation, subresource }) =>
      manager === FIELD_MANAGER && operation === 'Apply' && subresource === undefined,
  );
}

/** Whether a set of fields holds every field of a value. */
function isCovered(value: unknown, fields: FieldSet | undefined): boolean {
  if (isEmpty(value)) return true;
  if (fields === undefined) return false;
  // A leaf: a scalar, or a list or map that is owned as one.
  if (Object.keys(fields).length === 0) return true;
  if (Array.isArray(value)) return value.every((element) => isElementCovered(element, fields));
  if (typeof value !== 'object') return true;
  return Object.entries(value as object).every(([name, inner]) => isCovered(inner, fields[`f:${name}`]));
}

function isElementCovered(element: unknown, fields: FieldSet): boolean {
  return Object.entries(fields).some(([step, inner]) => {
    if (step.startsWith('v:')) return step.slice(2) === JSON.stringify(element);
    return step.startsWith('k:') && hasKey(element, JSON.parse(step.slice(2))) && isCovered(element, inner);
  });
}

/** A key field that the element leaves out has its default, for example a port's protocol. */
function hasKey(element: unknown, key: Record<string, unknown>): boolean {
  if (typeof element !== 'object' || element === null) return false;
  const fields = element as Record<string, unknown>;
  return Object.entries(key).every(([name, value]) => fields[name] === undefined || fields[name] === value);
}

/** The API server may drop what is empty. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
