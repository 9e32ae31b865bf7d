import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type RealtimeApp, type TaskContext, task } from '../../../src/server/index.ts';

/** Its jobs write a line when they begin and one when they end, for processes to be watched by. */
const input = z.strictObject({
  name: z.string(),
  /** The file to write to. */
  file: z.string(),
  /** Ends once this file exists. */
  until: z.string().optional(),
  heedsSignal: z.boolean().default(true),
});

async function run(
  { name, file, until, heedsSignal }: z.output<typeof input>,
  { attempt, signal }: TaskContext,
): Promise<void> {
  appendFileSync(file, `begin ${name} ${process.pid} ${attempt}\n`);
  while (until !== undefined && !existsSync(until)) {
    await sleep(10, undefined, heedsSignal ? { signal } : {});
  }
  appendFileSync(file, `end ${name} ${process.pid} ${attempt}\n`);
}

export const work = task({ name: 'work', input, timeoutSeconds: 300, run });
export const other = task({ name: 'other', input, run });

export default function define(app: RealtimeApp): void {
  app.tasks.define(work);
  app.tasks.define(other);
}
