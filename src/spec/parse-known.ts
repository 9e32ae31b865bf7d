import { Environment } from './environment.ts';
import type { ExtraRule } from './extra-rule.ts';
import { parse } from './parse.ts';

/** An environment as far as this version knows its fields. */
export interface Known {
  readonly environment: Environment;
  /** Dotted paths of fields that do not exist in this version, and that it goes without. */
  readonly unknown: readonly string[];
}

/**
 * Reads an environment that an API server has taken. Its CustomResourceDefinition may be newer than this version, which then
 * does what it knows and names the rest. A document that a person writes is for `parse`, which refuses what is misspelt.
 *
 * @param rules rules of an extension, as `parse` takes them
 * @throws SpecError with every problem that is left without those fields
 */
export function parseKnown(document: unknown, rules: readonly ExtraRule[] = []): Known {
  const issues = Environment.safeParse(document).error?.issues ?? [];
  const paths = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [],
  );
  return {
    environment: parse(paths.reduce(without, document), rules),
    unknown: paths.map((path) => path.join('.')),
  };
}

/** A copy in which a field is missing. */
function without(value: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? without(item, rest) : item));
  const { [key as string]: inner, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [key]: without(inner, rest) };
}
