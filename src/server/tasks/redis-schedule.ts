import type { Queue as JobQueue, JobsOptions } from 'bullmq';
import type { Held } from './held.ts';
import { nextRun, repeatOf } from './schedule.ts';
import type { Task } from './task.ts';

const ID = 'schedule';

/** Brings the schedule in Redis in line with the task's; one that is the same already goes on as it is. */
export async function writeSchedule(
  queue: JobQueue<Held>,
  { schedule, name }: Task,
  opts: JobsOptions,
): Promise<void> {
  const known = await queue.getJobScheduler(ID);
  if (schedule === undefined) {
    if (known !== undefined) await queue.removeJobScheduler(ID);
    return;
  }
  const repeat = repeatOf(schedule);
  const data: Held = { input: schedule.input };
  const same =
    'every' in repeat
      ? known?.every === repeat.every
      : known?.pattern === repeat.pattern && known.tz === repeat.tz;
  if (same && JSON.stringify(known?.template?.data) === JSON.stringify(data)) return;
  const first = 'every' in repeat ? { startDate: nextRun(schedule, Date.now()) } : {};
  await queue.upsertJobScheduler(ID, { ...repeat, ...first }, { name, data, opts });
}
