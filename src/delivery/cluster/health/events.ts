import type { LiveObject } from '../live-object.ts';
import { type Surroundings, told } from './health.ts';

interface CoreEvent {
  readonly involvedObject?: { readonly uid?: string };
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

/** What the newest event of some reasons says about an object; undefined when there is none. */
export function lastEvent(
  { events }: Surroundings,
  { metadata }: LiveObject,
  reasons: readonly string[],
): { readonly reason: string; readonly message: string } | undefined {
  const about = (events as readonly (LiveObject & CoreEvent)[])
    .filter(
      ({ involvedObject, reason = '' }) => involvedObject?.uid === metadata.uid && reasons.includes(reason),
    )
    .sort((one, other) => timeOf(one).localeCompare(timeOf(other)));
  const last = about.at(-1);
  return last === undefined ? undefined : { reason: last.reason ?? '', message: told(last.message) };
}

function timeOf({ series, lastTimestamp, eventTime }: CoreEvent): string {
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? '';
}
