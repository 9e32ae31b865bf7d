import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import type { Observability } from '../spec/index.ts';
import { contentHash } from './content-hash.ts';
import source from './dashboard.generated.json' with { type: 'json' };
import { labels } from './labels.ts';

export interface DashboardProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly namespace: string;
  /** Label `job` of the series. */
  readonly job: string;
  readonly spec: NonNullable<Observability['dashboard']>;
}

/**
 * A dashboard for Grafana: a ConfigMap that its sidecar picks up by the label `grafana_dashboard`. All environments have
 * the same panels; each has a dashboard of its own, with its series.
 *
 * @see https://github.com/grafana/helm-charts/tree/main/charts/grafana#sidecar-for-dashboards
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { instance, namespace, job, spec }: DashboardProps) {
    super(scope, id);
    const constants: Readonly<Record<string, string>> = { namespace, job };
    const dashboard = {
      ...source,
      // Of all environments that one Grafana knows; 40 characters at the most.
      uid: `tidegate-${contentHash([namespace, instance])}`,
      title: `Tidegate / ${namespace} / ${instance}`,
      templating: {
        list: source.templating.list.map((variable) => {
          const query = constants[variable.name];
          return query === undefined ? variable : { ...variable, query };
        }),
      },
    };
    new k8s.KubeConfigMap(this, 'dashboard', {
      metadata: {
        name: `${instance}-dashboard`,
        labels: { grafana_dashboard: '1', ...spec.labels, ...labels(instance, 'server') },
      },
      // The sidecar puts the files of all namespaces into one folder.
      data: { [`tidegate-${namespace}-${instance}.json`]: `${JSON.stringify(dashboard, null, 2)}\n` },
    });
  }
}
