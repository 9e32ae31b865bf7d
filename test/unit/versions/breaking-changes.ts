import { isDeepStrictEqual } from 'node:util';

/** What a CustomResourceDefinition says of a value. */
export interface Schema {
  readonly type?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string }[];
  readonly [keyword: string]: unknown;
}

/** Keywords that a value may not exceed, and those that it may not fall below. */
const CEILINGS = ['maximum', 'maxLength', 'maxItems', 'maxProperties'];
const FLOORS = ['minimum', 'minLength', 'minItems', 'minProperties'];
/** Keywords that mean another value when they change; no less a pattern, since nobody can tell the wider of two. */
const FIXED = ['type', 'format', 'pattern', 'anyOf', 'x-kubernetes-int-or-string', 'x-kubernetes-list-type'];

/**
 * Changes of a schema by which documents that were right are refused, lose something, or become another environment. New
 * fields that need not be given are none, nor are wider bounds.
 *
 * @param versioned paths whose default is another one in each version
 */
export function breakingChanges(
  before: Schema,
  now: Schema,
  versioned: readonly string[] = [],
  path = '',
): readonly string[] {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const inner = (name: string, old: Schema | undefined, young: Schema | undefined) => {
    if (old === undefined) return [];
    return young === undefined ? [`${at(name)} is gone`] : breakingChanges(old, young, versioned, at(name));
  };
  return [
    ...FIXED.filter((word) => !isDeepStrictEqual(before[word], now[word])).map(
      (word) => `${path}: ${word} is another one`,
    ),
    ...CEILINGS.filter(
      (word) => bound(now, word, Number.POSITIVE_INFINITY) < bound(before, word, Number.POSITIVE_INFINITY),
    ).map((word) => `${path}: ${word} is lower`),
    ...FLOORS.filter(
      (word) => bound(now, word, Number.NEGATIVE_INFINITY) > bound(before, word, Number.NEGATIVE_INFINITY),
    ).map((word) => `${path}: ${word} is higher`),
    ...refusedCases(before, now).map((value) => `${path}: ${JSON.stringify(value)} is refused`),
    ...(versioned.includes(path) || sameDefault(before, now) ? [] : [`${path}: default is another one`]),
    ...(now.required ?? [])
      .filter((name) => before.required?.includes(name) !== true)
      .map((name) => `${at(name)} is required`),
    ...newRules(before, now).map((rule) => `${path}: refuses by ${rule}`),
    ...Object.entries(before.properties ?? {}).flatMap(([name, old]) =>
      inner(name, old, now.properties?.[name]),
    ),
    ...inner('*', before.items, now.items),
    ...inner('*', before.additionalProperties, now.additionalProperties),
  ];
}

/** A bound of a schema that has it, else none. */
function bound(schema: Schema, word: string, none: number): number {
  const value = schema[word];
  return typeof value === 'number' ? value : none;
}

function refusedCases(before: Schema, now: Schema): readonly unknown[] {
  if (now.enum === undefined) return [];
  if (before.enum === undefined) return ['what is not listed'];
  return before.enum.filter((value) => now.enum?.includes(value) !== true);
}

/** The default of an object with fields is that of its fields. */
function sameDefault(before: Schema, now: Schema): boolean {
  return before.properties !== undefined || isDeepStrictEqual(before.default, now.default);
}

/** Rules that were not there, and that documents can break which do without new fields. */
function newRules(before: Schema, now: Schema): readonly string[] {
  const known = new Set(before['x-kubernetes-validations']?.map(({ rule }) => rule));
  const names = { old: namesIn(before), now: namesIn(now) };
  return (now['x-kubernetes-validations'] ?? [])
    .map(({ rule }) => rule)
    .filter(
      (rule) => !known.has(rule) && !reads(rule, (name) => names.now.has(name) && !names.old.has(name)),
    );
}

function reads(rule: string, isNew: (name: string) => boolean): boolean {
  return [...rule.matchAll(/\.(\w+)/g)].some(([, name = '']) => isNew(name));
}

/** Names of all fields within. */
function namesIn({ properties = {}, items, additionalProperties }: Schema): ReadonlySet<string> {
  const within = [...Object.values(properties), items, additionalProperties].filter(
    (one) => one !== undefined,
  );
  return new Set([...Object.keys(properties), ...within.flatMap((one) => [...namesIn(one)])]);
}
