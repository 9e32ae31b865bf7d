import { z } from 'zod';
import { MOST_PER_REPLICA, mostReplicas, RESERVED_CONNECTIONS } from './derive.ts';
import { resources } from './field.ts';
import type { Postgres } from './postgres.ts';
import type { Redis } from './redis.ts';
import { type Rule, withRules } from './rule.ts';
import { type Autoscaling, cpuPercent } from './scaling.ts';

const tasks = z.strictObject({
  module: z
    .string()
    .max(256)
    .regex(/^[!-,.-~][!-~]*\.[cm]?[jt]s$/, 'Must be a module of the image, for example app.ts')
    .describe('Module in server.image whose tasks are run, as tidegate worker takes it'),
  only: z
    .array(
      z
        .string()
        .max(128)
        .regex(/^[!-+.-~][!-+\--~]*$/, 'Must be the name of a task'),
    )
    .min(1)
    .max(64)
    .optional()
    .describe('Tasks that are run; all by default'),
  concurrency: z
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe('Jobs of each task that a worker runs at once; server.settings.tasks.concurrency by default'),
  min: z.int().min(1).max(1_000).default(1).describe('Least workers'),
  max: z.int().min(1).max(1_000).default(4).describe('Most workers; a fixed size is min = max'),
  cpuPercent,
  waitingTarget: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Jobs that wait, a worker, that are aimed at; needs autoscaling.keda.prometheus'),
  resources: resources({ cpu: '250m', memory: '256Mi', memoryLimit: '512Mi' }),
});

const boundsInOrder: Rule<z.output<typeof tasks>> = {
  code: 'TG1104',
  path: ['min'],
  test: ({ min, max }) => min <= max,
  cel: 'self.min <= self.max',
  reason: 'tasks.min is more than tasks.max',
  remedy: 'Set tasks.min to at most tasks.max',
};

/** Workers that run the tasks of an application, apart from the servers that its clients are at. */
export const Tasks = withRules(tasks, [boundsInOrder]);
export type Tasks = z.output<typeof Tasks>;

interface WithTasks {
  readonly tasks?: Tasks | undefined;
  readonly autoscaling: Autoscaling;
  readonly redis: Redis;
  readonly postgres: Postgres;
}

/** Rules over tasks and other sections. */
export const taskRules: readonly Rule<WithTasks>[] = [
  {
    code: 'TG1189',
    path: ['tasks'],
    test: ({ tasks: workers, redis }) => workers === undefined || redis.inProcess === undefined,
    cel: '!has(self.tasks) || !has(self.redis) || !has(self.redis.inProcess)',
    reason: 'Workers take their jobs from Redis, and there is none that they and the server share',
  },
  {
    code: 'TG1183',
    path: ['tasks', 'waitingTarget'],
    test: ({ tasks: workers, autoscaling }) =>
      workers?.waitingTarget === undefined || autoscaling.keda?.prometheus !== undefined,
    cel: '!has(self.tasks) || !has(self.tasks.waitingTarget) || (has(self.autoscaling.keda) && has(self.autoscaling.keda.prometheus))',
    reason: 'The number of jobs that wait is asked of Prometheus, by KEDA',
    remedy: 'Give autoscaling.keda.prometheus, or remove tasks.waitingTarget',
  },
  {
    code: 'TG1112',
    path: ['postgres', 'external', 'maxConnections'],
    test: ({ tasks: workers, autoscaling, postgres }) =>
      workers === undefined ||
      postgres.external === undefined ||
      postgres.external.maxConnections - RESERVED_CONNECTIONS >=
        mostReplicas(autoscaling) + mostReplicas(workers),
    cel: `!has(self.tasks) || !has(self.postgres) || !has(self.postgres.external) || self.postgres.external.maxConnections - ${RESERVED_CONNECTIONS} >= ${MOST_PER_REPLICA} * (self.autoscaling.max + self.tasks.max)`,
    reason: `In a rollout ${MOST_PER_REPLICA} × (autoscaling.max + tasks.max) pods need a connection each, and ${RESERVED_CONNECTIONS} are kept free for people`,
    remedy: 'Raise postgres.external.maxConnections, or lower autoscaling.max or tasks.max',
  },
];
