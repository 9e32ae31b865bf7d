import { type Input, Output, output, RunError } from '@pulumi/pulumi';
import type { Extension } from '../../constructs/index.ts';
import { type Environment, type EnvironmentInput, parse, SpecError } from '../../spec/index.ts';
import { type Child, childrenOf } from './child.ts';

/** The same data, any text of which may be an output of another resource. */
export type Late<T> = string extends T
  ? Input<T>
  : T extends readonly (infer Item)[]
    ? readonly Late<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Late<T[Key]> }
      : T;

/**
 * An environment as it stands in a file. Texts of its spec, and its namespace, may be outputs of other resources: the
 * address of a database, an image, the name of a Namespace.
 */
export interface RealtimeEnvironmentArgs {
  readonly apiVersion: EnvironmentInput['apiVersion'];
  readonly kind: EnvironmentInput['kind'];
  readonly metadata: {
    readonly name: string;
    /** It has to exist; `default` by default. */
    readonly namespace?: Input<string> | undefined;
    readonly labels?: Record<string, string> | undefined;
    readonly annotations?: Record<string, string> | undefined;
  };
  readonly spec: Late<EnvironmentInput['spec']>;
}

/** What a component is made of. */
export interface Plan {
  readonly environment: Output<Environment>;
  readonly children: readonly Child[];
}

/**
 * Which objects there are is known at once; a leaf that depends on an output is known when the output is.
 *
 * Two renders with different texts in place of the outputs tell which leaves those are, hashes and settings files
 * included. Their values come from a third render, of the environment with the outputs' own values, so that every rule
 * is checked on it too.
 *
 * @throws SpecError when the environment breaks a rule, or an output stands where the tree depends on its value
 */
export function planOf(args: RealtimeEnvironmentArgs, extension: Extension = {}): Plan {
  const late = latePaths(args, []);
  // Before anything is made of outputs: what is wrong with plain values is told at once.
  const [children, others] = (late.length === 0 ? ['a'] : ['a', 'b']).map((mark) =>
    childrenOf(parseWith(args, mark, late, extension.rules), extension),
  ) as [readonly Child[], (readonly Child[])?];
  const environment = (output(args) as Output<unknown>).apply((document) =>
    parseKnown(document, extension.rules),
  );
  if (others === undefined) return { environment, children };
  const exact = environment.apply((known) => childrenOf(known, extension));
  const merged = children.map((child, index) => ({
    ...child,
    manifest: merge(child.manifest, others[index]?.manifest, (path) =>
      exact.apply((rendered) => at(rendered[index]?.manifest, path)),
    ) as Child['manifest'],
  }));
  return { environment, children: merged };
}

/** Parses an environment whose outputs are known. It fails the run, and without a stack trace. */
function parseKnown(document: unknown, rules: Extension['rules']): Environment {
  try {
    return parse(document, rules);
  } catch (error) {
    throw error instanceof SpecError ? new RunError(error.message) : error;
  }
}

type Path = readonly (string | number)[];

/** Where outputs stand. The name is no such place: the children's names have it. */
function latePaths(value: unknown, path: Path): readonly Path[] {
  if (path.join('.') === 'metadata.name') return [];
  if (Output.isInstance(value) || value instanceof Promise) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return entries(value).flatMap(([key, child]) => latePaths(child, [...path, key]));
}

/**
 * Parses with a text that every text field takes in place of each output. Of an extension's rules those that blame an
 * output wait until its value is known.
 */
function parseWith(
  args: RealtimeEnvironmentArgs,
  mark: string,
  late: readonly Path[],
  rules: Extension['rules'] = [],
): Environment {
  const places = new Map(late.map((path, index) => [path.join('.'), `late-${index}-${mark}`]));
  const fill = (value: unknown, path: Path): unknown => {
    const text = places.get(path.join('.'));
    if (text !== undefined) return text;
    return mapped(value, (child, key) => fill(child, [...path, key]));
  };
  try {
    return parse(
      fill(args, []),
      rules.filter(({ path }) => !places.has(path)),
    );
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new SpecError(
      error.problems.map((problem) =>
        places.has(problem.path)
          ? {
              ...problem,
              reason: 'An output cannot stand here, because other fields follow from its value',
              remedy: "Give a plain value, for example from the stack's configuration",
            }
          : problem,
      ),
    );
  }
}

/** `one` with an output in place of each leaf in which `other` differs. */
function merge(
  one: unknown,
  other: unknown,
  leaf: (path: Path) => Output<unknown>,
  path: Path = [],
): unknown {
  if (typeof one !== 'object' || one === null) return one === other ? one : leaf(path);
  return mapped(one, (child, key) => merge(child, at(other, [key]), leaf, [...path, key]));
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key],
    value,
  );
}

function entries(value: object): readonly (readonly [string | number, unknown])[] {
  return Array.isArray(value) ? [...value.entries()] : Object.entries(value);
}

function mapped(value: unknown, change: (child: unknown, key: string | number) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(change);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child, key)]));
}
