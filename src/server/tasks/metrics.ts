import { Gauge, Histogram, type Registry } from 'prom-client';
import type { QueueStats } from './queue.ts';
import type { TaskList } from './tasks.ts';

/** Upper bounds in seconds: from what is hardly work to what takes an hour. */
const BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 3_600];

/** What /metrics shows of tasks. How the queues stand is read when it is scraped, and the same from every process. */
export function taskMetrics(register: Registry, tasks: TaskList): void {
  const seconds = new Histogram({
    name: 'tidegate_task_seconds',
    help: 'Time of one attempt, by task and outcome: done, retried, dead, returned',
    labelNames: ['task', 'outcome'],
    buckets: BUCKETS,
    registers: [register],
  });
  tasks.ran = (task, outcome, taken) => seconds.observe({ task, outcome }, taken);

  let reading: Promise<readonly (readonly [string, QueueStats])[]> | undefined;
  // Both gauges of one scrape share what is read.
  const read = () => {
    reading ??= Promise.all(tasks.names.map(async (name) => [name, await tasks.stats({ name })] as const))
      .catch(() => [])
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  new Gauge({
    name: 'tidegate_tasks',
    help: 'Jobs of all processes, by task and state: waiting, active, delayed, dead',
    labelNames: ['task', 'state'],
    registers: [register],
    async collect() {
      const stats = await read();
      this.reset();
      for (const [task, { waiting, active, delayed, dead }] of stats) {
        for (const [state, count] of Object.entries({ waiting, active, delayed, dead })) {
          this.set({ task, state }, count);
        }
      }
    },
  });
  new Gauge({
    name: 'tidegate_task_oldest_waiting_seconds',
    help: 'For how long the job that is next in line has been due, by task',
    labelNames: ['task'],
    registers: [register],
    async collect() {
      const stats = await read();
      this.reset();
      for (const [task, { oldestWaitingSeconds }] of stats) this.set({ task }, oldestWaitingSeconds);
    },
  });
}
