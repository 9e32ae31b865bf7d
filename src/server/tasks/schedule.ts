import { getNextMillis } from 'bullmq';
import type { Schedule } from './task.ts';

/** How BullMQ is told of it. */
export function repeatOf(schedule: Schedule<unknown>): { every: number } | { pattern: string; tz: string } {
  return 'everySeconds' in schedule
    ? { every: schedule.everySeconds * 1_000 }
    : { pattern: schedule.cron, tz: schedule.timezone ?? 'UTC' };
}

/**
 * The time of the next run, in milliseconds since 1970.
 *
 * @throws Error when it is no schedule
 */
export function nextRun(schedule: Schedule<unknown>, after: number): number {
  const next = getNextMillis(after, repeatOf(schedule));
  if (next === undefined || Number.isNaN(next)) throw new Error('It never comes');
  return next;
}
