import { type Input, Output, output, RunError } from '@pulumi/pulumi';
import type { Extension } from '../../constructs/index.ts';
import {
  Environment,
  type EnvironmentInput,
  ERRORS,
  isLate,
  type MayBeLate,
  type Problem,
  parse,
  SpecError,
  schemaAt,
} from '../../spec/index.ts';
import { type Child, childrenOf } from './child.ts';
import { at, mapped, merge, type Path, surprise, valuesWithin } from './merge.ts';

/** The same data, in which fields that the schema marks may be outputs of other resources. */
export type Late<T> = T extends string | number
  ? keyof MayBeLate extends keyof T
    ? Input<T extends string ? string : number>
    : T
  : T extends readonly (infer Item)[]
    ? readonly Late<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Late<T[Key]> }
      : T;

/**
 * An environment as it stands in a file. Fields that `tidegate explain` says may be outputs may be those of other resources:
 * the address of a database, an image, the name of a Namespace or a Secret.
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
 * Which objects there are is known at once; what depends on an output is known when the output is.
 *
 * Two renders with different values in place of the outputs tell which leaves those are, hashes and settings files included.
 * Their values come from a third render, of the environment with the outputs' own values, so that every rule is checked on it
 * too. All else must come out of it as it was previewed.
 *
 * @throws SpecError when the environment breaks a rule, or an output stands where a plain value is needed
 */
export function planOf(args: RealtimeEnvironmentArgs, extension: Extension = {}): Plan {
  const late = valuesWithin(args, isOutput);
  refuse(late.filter((path) => !isLate(path)));
  const previewed = withoutRulesOn(late, extension);
  // Before anything is made of outputs: what is wrong with plain values is told at once.
  const [children, others] = (late.length === 0 ? [0] : [0, 1]).map((round) =>
    childrenOf(parseWith(args, late, round, previewed.rules), previewed),
  ) as [readonly Child[], (readonly Child[])?];
  const environment = (output(args) as Output<unknown>).apply((document) =>
    parseSettled(document, extension.rules),
  );
  if (others === undefined) return { environment, children };
  const exact = environment.apply((known) => {
    const settled = childrenOf(known, extension);
    const path = surprise(manifestsOf(children), manifestsOf(others), manifestsOf(settled));
    if (path === undefined) return settled;
    throw new RunError(new SpecError([problem('TG1483', path, 'Its value follows from an output')]).message);
  });
  const merged = children.map((child, index) => ({
    ...child,
    manifest: merge(child.manifest, others[index]?.manifest, (path) =>
      exact.apply((rendered) => at(rendered[index]?.manifest, path)),
    ) as Child['manifest'],
  }));
  return { environment, children: merged };
}

function isOutput(value: unknown): boolean {
  return Output.isInstance(value) || value instanceof Promise;
}

function manifestsOf(children: readonly Child[]): readonly unknown[] {
  return children.map(({ manifest }) => manifest);
}

function refuse(paths: readonly Path[]): void {
  if (paths.length > 0) throw new SpecError(paths.map(standsInTheWay));
}

function standsInTheWay(path: Path): Problem {
  return problem('TG1482', path, 'An output cannot stand here, because other fields follow from its value');
}

function problem(code: 'TG1482' | 'TG1483', path: Path, reason: string): Problem {
  return { code, path: path.join('.'), reason, remedy: ERRORS[code].remedy };
}

/** The extension until outputs are known: a rule that blames one waits for its value. */
function withoutRulesOn(late: readonly Path[], extension: Extension): Extension {
  const places = new Set(late.map((path) => path.join('.')));
  return { ...extension, rules: (extension.rules ?? []).filter(({ path }) => !places.has(path)) };
}

/** Parses an environment whose outputs are known. It fails the run, and without a stack trace. */
function parseSettled(document: unknown, rules: Extension['rules']): Environment {
  try {
    return parse(document, rules);
  } catch (error) {
    throw error instanceof SpecError ? new RunError(error.message) : error;
  }
}

/** Parses with a value that the field takes in place of each output. */
function parseWith(
  args: RealtimeEnvironmentArgs,
  late: readonly Path[],
  round: number,
  rules: Extension['rules'],
): Environment {
  const places = new Map(late.map((path, index) => [path.join('.'), standIn(path, index, round)]));
  const fill = (value: unknown, path: Path): unknown => {
    const place = path.join('.');
    if (places.has(place)) return places.get(place);
    return mapped(value, (child, key) => fill(child, [...path, key]));
  };
  try {
    return parse(fill(args, []), rules);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new SpecError(
      error.problems.map((one) => (places.has(one.path) ? standsInTheWay(one.path.split('.')) : one)),
    );
  }
}

/**
 * The first value of its round that a field takes. One round has hosts outside the cluster, the other Services within, since
 * network policies differ for them by more than the name.
 */
function standIn(path: Path, index: number, round: number): string | number | undefined {
  const [name, number] = [`late-${index}-${round}`, 40_000 + 2 * index + round];
  const candidates = round === 0 ? [name, number] : [`${name}.late.svc`, name, number];
  const field = schemaAt(Environment, path);
  return candidates.find((value) => field?.safeParse(value).success);
}
