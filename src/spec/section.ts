import type { z } from 'zod';
import { Environment } from './environment.ts';
import { SpecError } from './errors.ts';
import { problemsOf } from './parse.ts';
import { Postgres } from './postgres.ts';
import { Redis } from './redis.ts';
import { Route } from './route.ts';
import { Autoscaling, Drain } from './scaling.ts';
import { Server } from './server.ts';
import { Tasks } from './tasks.ts';

const SECTIONS = {
  name: Environment.shape.metadata.shape.name,
  server: Server,
  route: Route,
  autoscaling: Autoscaling,
  drain: Drain,
  tasks: Tasks,
  redis: Redis,
  postgres: Postgres,
};
type Sections = typeof SECTIONS;

/** A section in which the fields are there that were given, such as the case of a choice. */
type Parsed<Output, Input> = Output extends object
  ? Output & Given<Output, keyof Output & GivenKeys<Input>>
  : Output;
type Given<Output, Keys extends keyof Output> = { readonly [Key in Keys]-?: NonNullable<Output[Key]> };
type GivenKeys<Input> = { [Key in keyof Input]-?: undefined extends Input[Key] ? never : Key }[keyof Input];

/**
 * Reads one section of an environment, for a part that stands alone: checks it by the section's own rules, fills in every default.
 *
 * @param name of the section, such as `redis`; `name` is that of the environment
 * @param input the section as it would stand in a spec
 * @throws SpecError with every problem that was found; paths begin with the name
 */
export function parseSection<Name extends keyof Sections, Input extends z.input<Sections[Name]>>(
  name: Name,
  input: Input,
): Parsed<z.output<Sections[Name]>, Input> {
  const result = SECTIONS[name].safeParse(input, { reportInput: true });
  if (result.success) return result.data as Parsed<z.output<Sections[Name]>, Input>;
  const issues = result.error.issues.map((issue) => ({ ...issue, path: [name, ...issue.path] }));
  throw new SpecError(issues.flatMap(problemsOf));
}
