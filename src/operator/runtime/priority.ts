import type { Change } from './store.ts';

/**
 * Why a key waits to be worked on, the most urgent first: somebody changed what is wanted or took something away; something
 * reports how it is; nothing happened, but it is to be looked at.
 */
export const PRIORITIES = ['change', 'report', 'resync'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** The more urgent of two. */
export function moreUrgent(one: Priority, other: Priority | undefined): Priority {
  if (other === undefined) return one;
  return PRIORITIES.indexOf(one) <= PRIORITIES.indexOf(other) ? one : other;
}

/** How urgent a change is. The generation stays when only the status, a label or an annotation is written. */
export function priorityOf({ object, previous, deleted, from }: Change): Priority {
  if (from === 'firstList') return 'resync';
  const { generation } = object.metadata;
  const told = !deleted && generation !== undefined && generation === previous?.metadata.generation;
  return told ? 'report' : 'change';
}
