import { ApiException } from '@kubernetes/client-node';
import type { Manifest } from '../../constructs/index.ts';
import { type ObjectApi, SilentApi } from '../../delivery/cluster/index.ts';
import type { Environment, Problem } from '../../spec/index.ts';

/**
 * - `ok`: it is there
 * - `missing`: an environment does not work without it
 * - `advice`: something works less well, or somebody has yet to do something
 * - `unknown`: who asks may not look
 */
export type FindingState = 'ok' | 'missing' | 'advice' | 'unknown';

/** What is found of one thing that environments need of a cluster. */
export interface Finding {
  /** The thing, for example `IngressClass contour`. */
  readonly what: string;
  readonly state: FindingState;
  /** A sentence without its full stop. */
  readonly reason: string;
  /** What to do about it; empty when it is there. */
  readonly remedy: string;
}

/** Something that is looked for once, however many environments need it. */
export interface Need {
  readonly what: string;
  look(api: ObjectApi): Promise<Omit<Finding, 'what'>>;
}

/** An environment with the objects that it becomes. */
export interface Patient {
  readonly environment: Environment;
  readonly objects: readonly Manifest[];
}

export function ok(reason: string): Omit<Finding, 'what'> {
  return { state: 'ok', reason, remedy: '' };
}

export function missing(reason: string, remedy: Problem['remedy']): Omit<Finding, 'what'> {
  return { state: 'missing', reason, remedy };
}

export function advice(reason: string, remedy: Problem['remedy']): Omit<Finding, 'what'> {
  return { state: 'advice', reason, remedy };
}

/** Looks for everything at once. */
export async function findings(api: ObjectApi, needs: readonly Need[]): Promise<readonly Finding[]> {
  const once = new Map(needs.map((need) => [need.what, need]));
  return Promise.all(
    [...once.values()].map(async ({ what, look }) => ({ what, ...(await look(api).catch(notSeen)) })),
  );
}

function notSeen(error: unknown): Omit<Finding, 'what'> {
  if (error instanceof SilentApi) {
    return missing(
      `${error.apiVersion} is registered, and its server does not answer`,
      'Look at the pods behind its APIService',
    );
  }
  if (!(error instanceof ApiException) || error.code !== 403) throw error;
  return {
    state: 'unknown',
    reason: 'You may not look',
    remedy: 'Ask somebody who may, or for the right to',
  };
}
