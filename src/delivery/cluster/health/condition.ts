import type { LiveObject } from '../live-object.ts';

/** A condition as all kinds of Kubernetes have it. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  /** Generation of the spec that it is about; untold by some. */
  readonly observedGeneration?: number;
}

/** The condition of a type in an object's status, if it is there. */
export function conditionOf({ status }: LiveObject, type: string): Condition | undefined {
  return ((status?.conditions ?? []) as readonly Condition[]).find((one) => one.type === type);
}

/** Whether its controller has not yet seen the newest spec. */
export function isBehind({ metadata, status }: LiveObject): boolean {
  return ((status?.observedGeneration as number | undefined) ?? 0) < (metadata.generation ?? 0);
}
