import { z } from 'zod';
import { addedLabels } from './labels.ts';
import { type Rule, withRules } from './rule.ts';

const labels = (whose: string) =>
  addedLabels.optional().describe(`Labels added to the object, by which ${whose} selects it`);

const observability = z.strictObject({
  monitor: z
    .strictObject({
      labels: labels('Prometheus'),
      intervalSeconds: z
        .int()
        .min(5)
        .max(60)
        .default(30)
        .describe('Seconds between two readings of a replica'),
    })
    .optional()
    .describe('A PodMonitor, by which Prometheus reads every replica'),
  alerts: z
    .strictObject({ labels: labels('Prometheus') })
    .optional()
    .describe('A PrometheusRule with the alerts that matter for sockets'),
  dashboard: z
    .strictObject({ labels: labels("Grafana's sidecar") })
    .optional()
    .describe('A ConfigMap with a dashboard for Grafana, labelled grafana_dashboard'),
});

const monitored: Rule<z.output<typeof observability>> = {
  code: 'TG1160',
  path: ['monitor'],
  test: ({ monitor, alerts, dashboard }) =>
    monitor !== undefined || (alerts === undefined && dashboard === undefined),
  cel: 'has(self.monitor) || (!has(self.alerts) && !has(self.dashboard))',
  reason: 'Alerts and dashboards select series by labels that the monitor gives them',
};

/** What is seen of an environment. Nothing is rendered that is not asked for: its kinds are not in every cluster. */
export const Observability = withRules(observability, [monitored]);
export type Observability = z.output<typeof Observability>;
