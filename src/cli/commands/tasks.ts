import { createLogger, QueuedTasks } from '../../server/index.ts';
import { ERRORS, TidegateError } from '../../spec/index.ts';
import { columns } from '../columns.ts';
import { type ServeOptions, settingsReader } from '../serve-options.ts';

interface TasksOptions extends Pick<ServeOptions, 'settings'> {
  readonly task?: string;
  readonly output: 'text' | 'json';
}

/** `tidegate tasks counts`: how the jobs of each task stand. */
export async function tasksCounts(options: TasksOptions): Promise<void> {
  const counts = await withTasks(options, (tasks) => tasks.counts(options.task));
  if (options.output === 'json') {
    console.log(JSON.stringify({ tasks: counts }, null, 2));
    return;
  }
  const rows = counts.map(({ task, waiting, active, delayed, dead, oldestWaitingSeconds }) => [
    task,
    ...[waiting, active, delayed, dead].map(String),
    `${Math.round(oldestWaitingSeconds)} s`,
  ]);
  process.stdout.write(columns(['TASK', 'WAITING', 'ACTIVE', 'DELAYED', 'DEAD', 'LONGEST WAIT'], rows));
}

/** `tidegate tasks dead`: what has failed for good. Inputs are shown in JSON alone: they may be of somebody's concern. */
export async function tasksDead(options: TasksOptions & { readonly limit: number }): Promise<void> {
  const { letters, all } = await withTasks(options, async (tasks) => {
    const counts = await tasks.counts(options.task);
    const letters = await tasks.dead(options.limit, options.task);
    return { letters, all: counts.reduce((sum, { dead }) => sum + dead, 0) };
  });
  if (options.output === 'json') {
    console.log(JSON.stringify({ dead: letters }, null, 2));
  } else {
    const rows = letters.map(({ task, id, failedAt, attempts, error }) => [
      task,
      id,
      failedAt.toISOString(),
      String(attempts),
      error.replace(/\s+/g, ' '),
    ]);
    process.stdout.write(columns(['TASK', 'ID', 'FAILED AT', 'ATTEMPTS', 'ERROR'], rows));
  }
  if (letters.length < all)
    console.error(`These are the newest ${letters.length} of ${all}; --limit shows more`);
}

/** `tidegate tasks retry`: gives dead letters all their attempts again. */
export async function tasksRetry(
  ids: readonly string[],
  options: Omit<TasksOptions, 'output'> & { readonly all?: boolean },
): Promise<void> {
  if (ids.length > 0 === (options.all === true)) {
    throw TidegateError.of('TG1003', 'ids', 'Give ids of dead letters, or --all');
  }
  await withTasks(options, (tasks) =>
    options.all ? retryAll(tasks, options.task) : retry(tasks, ids, options.task),
  );
}

async function retryAll(tasks: QueuedTasks, name: string | undefined): Promise<void> {
  for (const [task, count] of await tasks.retryAll(name)) console.log(`${task}: ${count} retried`);
}

async function retry(tasks: QueuedTasks, ids: readonly string[], name: string | undefined): Promise<void> {
  const found = await tasks.retry(ids, name);
  for (const [id, task] of found) if (task !== undefined) console.log(`${task}: ${id} retried`);
  const missing = [...found].filter(([, task]) => task === undefined);
  if (missing.length === 0) return;
  throw new TidegateError(
    missing.map(([id]) => ({
      code: 'TG2304' as const,
      path: id,
      reason: name === undefined ? 'No task has such a dead letter' : `${name} has no such dead letter`,
      remedy: ERRORS.TG2304.remedy,
    })),
  );
}

/** Why Redis cannot be reached is on standard error, so that standard output is the answer alone. */
async function withTasks<T>(
  options: Pick<ServeOptions, 'settings'>,
  use: (tasks: QueuedTasks) => Promise<T>,
): Promise<T> {
  const tasks = await QueuedTasks.open(settingsReader(options)(), createLogger('warn', process.stderr));
  try {
    return await use(tasks);
  } finally {
    await tasks.close();
  }
}
