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

/**
 * Reads one section of an environment, for a part that stands alone: checks it by the section's own rules, fills in every default.
 *
 * @param name of the section, such as `redis`; `name` is that of the environment
 * @param input the section as it would stand in a spec
 * @throws SpecError with every problem that was found; paths begin with the name
 */
export function parseSection<Name extends keyof Sections>(
  name: Name,
  input: z.input<Sections[Name]>,
): z.output<Sections[Name]> {
  const result = SECTIONS[name].safeParse(input, { reportInput: true });
  if (result.success) return result.data as z.output<Sections[Name]>;
  const issues = result.error.issues.map((issue) => ({ ...issue, path: [name, ...issue.path] }));
  throw new SpecError(issues.flatMap(problemsOf));
}
