import { z } from 'zod';
import { type Rule, withRules } from './rule.ts';

const autoscaling = z.strictObject({
  min: z.int().min(1).max(1_000).default(2).describe('Least replicas'),
  max: z.int().min(1).max(1_000).default(10).describe('Most replicas; a fixed size is min = max'),
  cpuPercent: z
    .int()
    .min(1)
    .max(100)
    .default(70)
    .describe('Mean CPU use, in percent of the request, that is aimed at'),
  connectionsPerReplica: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(5_000)
    .describe('Sockets a replica is expected to hold; the drain is sized for it'),
});

const boundsInOrder: Rule<z.output<typeof autoscaling>> = {
  code: 'TG1104',
  path: ['min'],
  test: (value) => value.min <= value.max,
  cel: 'self.min <= self.max',
  reason: 'autoscaling.min is more than autoscaling.max',
};

export const Autoscaling = withRules(autoscaling, [boundsInOrder]);
export type Autoscaling = z.output<typeof Autoscaling>;

export const Drain = z.strictObject({
  reconnectsPerSecond: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1_000)
    .describe('Sockets the whole environment lets go a second while replicas are replaced'),
  graceSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .describe('Seconds a replica has to drain; derived by default, and refused if shorter than the drain'),
});
export type Drain = z.output<typeof Drain>;
