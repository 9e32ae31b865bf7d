import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';

/** One field that would change. */
export interface FieldChange {
  /** Path within the object; elements of lists are named as Kubernetes does, as in `spec.containers[server].image`. */
  readonly path: string;
  /** Value now; absent when the field would be new. */
  readonly before?: unknown;
  /** Value afterwards; absent when the field would go. */
  readonly after?: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** What names an element of a list, where all elements have it and no two the same. */
const KEYS = ['name', 'mountPath', 'containerPort', 'port', 'type', 'key'];

/** Fields in which two objects differ, outermost first; those of text that is YAML, such as a ConfigMap's file, one by one. */
export function fieldChanges(before: unknown, after: unknown, path = ''): readonly FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isFields(before) && isFields(after)) return changesOfFields(before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) return changesOfList(before, after, path);
  if (typeof before === 'string' && typeof after === 'string') return changesOfText(before, after, path);
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

function changesOfFields(before: Fields, after: Fields, path: string): readonly FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
    fieldChanges(before[name], after[name], join(path, name)),
  );
}

function changesOfList(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
): readonly FieldChange[] {
  const key = KEYS.find((name) => names(before, name) && names(after, name));
  if (key === undefined) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      fieldChanges(before[index], after[index], `${path}[${index}]`),
    ).flat();
  }
  const byKey = (list: readonly unknown[]) =>
    new Map((list as Fields[]).map((one) => [String(one[key]), one]));
  const [old, now] = [byKey(before), byKey(after)];
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap((name) =>
    fieldChanges(old.get(name), now.get(name), `${path}[${name}]`),
  );
  // Only their order differs.
  return changes.length > 0 ? changes : [{ path, before: [...old.keys()], after: [...now.keys()] }];
}

function changesOfText(before: string, after: string, path: string): readonly FieldChange[] {
  const [old, now] = [structure(before), structure(after)];
  const changes = old === undefined || now === undefined ? [] : fieldChanges(old, now, path);
  return changes.length > 0 ? changes : [{ path, before, after }];
}

/** The fields of a text of several lines that is YAML or JSON. */
function structure(text: string): Fields | undefined {
  if (!text.includes('\n')) return undefined;
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  const value: unknown = document.toJS();
  return isFields(value) ? value : undefined;
}

function names(list: readonly unknown[], key: string): boolean {
  const values = list.map((one) => (isFields(one) ? one[key] : undefined));
  return !values.includes(undefined) && new Set(values).size === list.length;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, name: string): string {
  if (/[./[\]]/.test(name)) return `${path}["${name}"]`;
  return path === '' ? name : `${path}.${name}`;
}
