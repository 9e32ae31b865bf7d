import type { Postgres } from '../postgres.ts';
import type { Redis } from '../redis.ts';
import type { Route } from '../route.ts';
import type { Rule } from '../rule.ts';
import type { Autoscaling, Drain } from '../scaling.ts';
import type { Secrets } from '../secrets.ts';
import type { Server } from '../server.ts';

/** The parts of a spec that rules look at together. */
export interface Sections {
  readonly host: string;
  readonly route: Route;
  readonly server: Server;
  readonly autoscaling: Autoscaling;
  readonly drain: Drain;
  readonly redis: Redis;
  readonly postgres: Postgres;
  readonly secrets: Secrets;
  readonly config?: Readonly<Record<string, string>> | undefined;
}

/** A rule over more than one section of a spec. */
export type SpecRule = Rule<Sections>;
