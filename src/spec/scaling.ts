import { z } from 'zod';
import { type Rule, withRules } from './rule.ts';

/** What pods of any kind are scaled by. */
export const cpuPercent = z
  .int()
  .min(1)
  .max(100)
  .default(70)
  .describe('Mean CPU use, in percent of the request, that is aimed at');

const autoscaling = z.strictObject({
  min: z.int().min(1).max(1_000).default(2).describe('Least replicas'),
  max: z.int().min(1).max(1_000).default(10).describe('Most replicas; a fixed size is min = max'),
  cpuPercent,
  memoryPercent: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('Mean use of memory, in percent of the request, that is aimed at; not looked at by default'),
  connectionsTarget: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe(
      'Mean of sockets a replica that is aimed at, by the metric tidegate_connections; not looked at by default',
    ),
  keda: z
    .strictObject({
      prometheus: z
        .string()
        .max(2_048)
        .regex(/^https?:\/\/[!-.0-?A-~]+(\/[!-?A-~]*)?$/, 'Must be an http or https URL without credentials')
        .optional()
        .describe('URL of the Prometheus that connectionsTarget is asked of'),
    })
    .optional()
    .describe('Scales by a ScaledObject of KEDA; by a HorizontalPodAutoscaler of its own by default'),
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

const targetWithinCapacity: Rule<z.output<typeof autoscaling>> = {
  code: 'TG1182',
  path: ['connectionsTarget'],
  test: ({ connectionsTarget = 0, connectionsPerReplica }) => connectionsTarget <= connectionsPerReplica,
  cel: '!has(self.connectionsTarget) || self.connectionsTarget <= self.connectionsPerReplica',
  reason: 'More sockets are aimed at than the drain of a replica is sized for',
};

const metricHasSource: Rule<z.output<typeof autoscaling>> = {
  code: 'TG1183',
  path: ['keda', 'prometheus'],
  test: ({ connectionsTarget, keda }) =>
    connectionsTarget === undefined || keda === undefined || keda.prometheus !== undefined,
  cel: '!has(self.connectionsTarget) || !has(self.keda) || has(self.keda.prometheus)',
  reason: 'KEDA asks Prometheus for the number of connections, and does not know where it is',
};

export const Autoscaling = withRules(autoscaling, [boundsInOrder, targetWithinCapacity, metricHasSource]);
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
  rebalance: z
    .boolean()
    .default(false)
    .describe(
      'Whether replicas with clearly more sockets than the others let the surplus go, at reconnectsPerSecond, as after a scale-out',
    ),
});
export type Drain = z.output<typeof Drain>;
