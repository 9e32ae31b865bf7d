import { z } from 'zod';
import { Environment } from './environment.ts';
import { annotations } from './rule.ts';
import { unwrapped } from './unwrapped.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Puts a document over its base, as a JSON Merge Patch (RFC 7396) would: objects merge, field by field; lists and all other
 * values take the place of what was there; null removes. Where the key names the case, as under `redis`, a case takes
 * the place of another one whole, and merges with the same one.
 */
export function overlay(base: unknown, over: unknown, path: readonly string[] = []): unknown {
  if (!isObject(over)) return over;
  const below = isObject(base) ? base : {};
  const kept = CHOICES.has(path.join('.')) && namesCase(over) ? pick(below, Object.keys(over)) : below;
  const merged: Record<string, unknown> = { ...kept };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete merged[key];
    else merged[key] = overlay(kept[key], value, [...path, key]);
  }
  return merged;
}

/** The layer, of those from the first base to the last overlay, in which a value was given last; the last if none has it. */
export function layerOf<L extends { readonly document: unknown }>(
  layers: readonly L[],
  path: readonly string[],
): L | undefined {
  const from = layers.findLast(({ document }) => has(document, path));
  return from ?? (path.length === 0 ? layers.at(-1) : layerOf(layers, path.slice(0, -1)));
}

function has(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? has((value as Json)[key], rest)
    : false;
}

const namesCase = (over: Json) => Object.values(over).some((value) => value !== null);

function pick(value: Json, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Dotted paths of the objects in which the key names the case. */
const CHOICES: ReadonlySet<string> = new Set(choicesWithin(Environment, []));

function choicesWithin(schema: z.ZodType, path: readonly string[]): readonly string[] {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodObject)) return [];
  return [
    ...(annotations.get(inner)?.choice ? [path.join('.')] : []),
    ...Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, child]) =>
      choicesWithin(child, [...path, key]),
    ),
  ];
}
