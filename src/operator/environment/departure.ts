import type { KubeObject } from '../api/kube-object.ts';
import type { Caches } from './caches.ts';
import type { Finding } from './conditions.ts';

/** So long a deletion is no news: the garbage collector is at work, and whoever holds an object may let it go. */
export const DEPARTURE_PATIENCE_MS = 5_000;
/** Finalizers of the garbage collector itself; what has these alone goes without anybody's help. */
const COLLECTOR = ['foregroundDeletion', 'orphan'];
const MOST_NAMED = 10;

/** What an environment that is being deleted waits for: its objects that are there still, and finalizers on itself. */
export function departureFindings(
  caches: Pick<Caches, 'all'>,
  live: KubeObject,
  now: number,
): readonly Finding[] {
  if (!isOverdue(live, now)) return findings('Deleting', 'Its objects are being deleted');
  const left = caches.all.flatMap(({ store }) => store.find(live.metadata.uid ?? ''));
  const [held, others] = [[live, ...left].filter(isHeld), left.filter((object) => !isHeld(object))];
  const waits = [...held, ...others].map(sentence);
  const more = waits.length > MOST_NAMED ? `; and ${waits.length - MOST_NAMED} more` : '';
  const what = waits.length === 0 ? 'the garbage collector' : waits.slice(0, MOST_NAMED).join('; ');
  return findings(held.length === 0 ? 'Deleting' : 'DeletionHeld', `Waits for ${what}${more}`);
}

function findings(reason: 'Deleting' | 'DeletionHeld', message: string): readonly Finding[] {
  const held: Finding = { type: 'Degraded', status: 'True', reason, message };
  return [
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Progressing', status: 'True', reason, message },
    ...(reason === 'DeletionHeld' ? [held] : []),
  ];
}

function isOverdue({ metadata }: KubeObject, now: number): boolean {
  return now - Date.parse(metadata.deletionTimestamp ?? '') >= DEPARTURE_PATIENCE_MS;
}

/** Whether something that is to go is kept by a finalizer that somebody else has to take away. */
function isHeld(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && holdersOf(object).length > 0;
}

function sentence(object: KubeObject): string {
  const what = `${object.kind} ${object.metadata.name}`;
  return isHeld(object) ? `${what}, held by finalizer ${holdersOf(object).join(' and ')}` : what;
}

function holdersOf({ metadata }: KubeObject): readonly string[] {
  return (metadata.finalizers ?? []).filter((finalizer) => !COLLECTOR.includes(finalizer));
}
