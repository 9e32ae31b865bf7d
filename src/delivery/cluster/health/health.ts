import type { LiveObject } from '../live-object.ts';

/** How an object does, and why. */
export interface Health {
  /**
   * - `ready`: it does what it is for
   * - `waiting`: it is on its way
   * - `stuck`: it does not get there unless somebody does something
   */
  readonly state: 'ready' | 'waiting' | 'stuck';
  /** A sentence without its full stop. */
  readonly reason: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly remedy: string;
  /** Last lines of what failed wrote; none where there is no such log. */
  readonly log?: readonly string[];
}

/** What says how objects do, besides themselves. */
export interface Surroundings {
  /** Pods of the environment. */
  readonly pods: readonly LiveObject[];
  /** Events about objects that are not ready. */
  readonly events: readonly LiveObject[];
  /** Last lines of containers that failed, by `pod/container`. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
}

export function ready(reason: string, remedy = ''): Health {
  return { state: 'ready', reason, remedy };
}

export function waiting(reason: string, remedy = ''): Health {
  return { state: 'waiting', reason, remedy };
}

export function stuck(reason: string, remedy: string): Health {
  return { state: 'stuck', reason, remedy };
}

const LONGEST = 400;

/** A message of a component of Kubernetes, in one line that fits into a sentence. */
export function told(message: string | undefined): string {
  const line = (message ?? '').replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
