import { durationMs, type Environment, type EnvironmentStatus } from '../../spec/index.ts';
import type { KubeObject } from '../api/kube-object.ts';

/** Annotation whose value, when it changes, wakes an environment. */
export const WAKE = 'tidegate.dev/wake';

/** How often clients are looked for, in milliseconds; four times at least in the time that they must be away. */
const LOOK_EVERY_MS = 60_000;

export type Hibernation = NonNullable<EnvironmentStatus['hibernation']>;

/** Whether an environment is asleep: its pods are to be away. */
export function isAsleep({ since }: Hibernation): boolean {
  return since !== undefined;
}

/** Whether it is to be asked who is connected. */
export function isWatched({ spec }: Environment, hibernation: Hibernation): boolean {
  return spec.lifecycle.hibernate !== undefined && !isAsleep(hibernation);
}

/** Milliseconds until clients are looked for again; undefined when nobody looks. */
export function lookAgainMs({ spec }: Environment, hibernation: Hibernation): number | undefined {
  const { hibernate } = spec.lifecycle;
  if (hibernate === undefined || isAsleep(hibernation)) return undefined;
  return Math.min(LOOK_EVERY_MS, durationMs(hibernate.after) / 4);
}

/** Awake again, if it is asked for: by the annotation, by another spec, or by one that says nothing of sleep. */
export function woken(environment: Environment, live: KubeObject, before: Hibernation): Hibernation {
  if (!isAsleep(before)) return environment.spec.lifecycle.hibernate === undefined ? {} : before;
  const stays = environment.spec.lifecycle.hibernate !== undefined && before.mark === markOf(live);
  return stays ? before : {};
}

/** Awake, idle or asleep, by whether a client is connected now. */
export function afterLook(
  environment: Environment,
  live: KubeObject,
  before: Hibernation,
  { connected, now }: { readonly connected: boolean; readonly now: number },
): Hibernation {
  const { hibernate } = environment.spec.lifecycle;
  if (hibernate === undefined || connected) return {};
  const idleSince = before.idleSince ?? timeOf(now);
  if (now - Date.parse(idleSince) < durationMs(hibernate.after)) return { idleSince };
  return { idleSince, since: timeOf(now), mark: markOf(live) };
}

function markOf({ metadata }: KubeObject): string {
  return `${metadata.generation ?? 0}/${metadata.annotations?.[WAKE] ?? ''}`;
}

function timeOf(now: number): string {
  return new Date(now).toISOString();
}
