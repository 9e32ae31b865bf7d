import { type Condition, durationMs, type Environment } from '../../spec/index.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { Finding } from './conditions.ts';

/** When an environment is to be deleted, in milliseconds since 1970; undefined for one that stays. */
export function expiryOf({ spec }: Environment, { metadata }: KubeObject): number | undefined {
  const { ttl } = spec.lifecycle;
  return ttl === undefined ? undefined : Date.parse(metadata.creationTimestamp ?? '') + durationMs(ttl);
}

/** What is found of an environment that is left alone: how it is, but nothing of what it should be. */
export function pausedFindings(parts: readonly Finding[]): readonly Finding[] {
  return [
    ...parts.filter(({ type }) => type !== 'Applied' && type !== 'Degraded'),
    {
      type: 'Paused',
      status: 'True',
      reason: 'Paused',
      message: 'Nothing is applied, restored or deleted until spec.lifecycle.paused is false',
    },
  ];
}

/** Says of an environment that was paused that it is not any more. */
export function resumedFindings(before: readonly Condition[]): readonly Finding[] {
  if (!before.some(({ type }) => type === 'Paused')) return [];
  return [{ type: 'Paused', status: 'False', reason: 'Resumed', message: 'The environment is cared for' }];
}
