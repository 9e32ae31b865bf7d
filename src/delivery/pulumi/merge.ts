/** Place of a value in data. */
export type Path = readonly (string | number)[];

/** Places of the values that are looked for; what is within one is not looked at. */
export function valuesWithin(
  value: unknown,
  isOne: (value: unknown) => boolean,
  path: Path = [],
): readonly Path[] {
  if (isOne(value)) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return entries(value).flatMap(([key, child]) => valuesWithin(child, isOne, [...path, key]));
}

/** `one` with a leaf in each place in which `other` differs. */
export function merge(one: unknown, other: unknown, leaf: (path: Path) => unknown, path: Path = []): unknown {
  if (!isAlike(one, other)) return leaf(path);
  return mapped(one, (child, key) => merge(child, at(other, [key]), leaf, [...path, key]));
}

/** The first place in which `one` and `other` agree and `exact` is another; undefined when there is none. */
export function surprise(one: unknown, other: unknown, exact: unknown, path: Path = []): Path | undefined {
  if (!isAlike(one, other)) return undefined;
  if (!isAlike(one, exact)) return path;
  if (typeof one !== 'object' || one === null) return undefined;
  return entries(one)
    .map(([key, child]) => surprise(child, at(other, [key]), at(exact, [key]), [...path, key]))
    .find((found) => found !== undefined);
}

export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key],
    value,
  );
}

export function mapped(value: unknown, change: (child: unknown, key: string | number) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(change);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child, key)]));
}

/** Whether two values are the same, or have the same keys. */
function isAlike(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || one === null) return one === other;
  if (typeof other !== 'object' || other === null || Array.isArray(one) !== Array.isArray(other))
    return false;
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  return keys.length === others.length && keys.every((key) => Object.hasOwn(other, key));
}

function entries(value: object): readonly (readonly [string | number, unknown])[] {
  return Array.isArray(value) ? [...value.entries()] : Object.entries(value);
}
