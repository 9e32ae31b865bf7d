import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { stringify } from 'yaml';
import type { Derived, EnvironmentSpec, SecretRequirement } from '../spec/index.ts';
import { contentHash } from './content-hash.ts';
import { HorizontalAutoscaler, resourceMetric } from './horizontal-autoscaler.ts';
import { labels, selectorLabels } from './labels.ts';
import { prometheusTrigger, resourceTrigger, ScaledObject } from './scaled-object.ts';
import { podSeries, type ScaledPart } from './scaling-behavior.ts';
import { serverPodTemplate } from './server-pod.ts';
import { serverSecrets } from './server-secrets.ts';
import { SERVER_PORT, type Stores, serverSettings } from './server-settings.ts';
import { storeAuthorities } from './store-authorities.ts';

type Tasks = NonNullable<EnvironmentSpec['tasks']>;

export interface TaskWorkersProps {
  /** Name of the environment; the objects are called `<instance>-worker`. */
  readonly instance: string;
  readonly tasks: Tasks;
  readonly spec: EnvironmentSpec;
  readonly derived: Derived;
  readonly stores: Stores;
  readonly secrets: readonly SecretRequirement[];
}

/** Workers that run an application's tasks, apart from its servers and scaled by themselves: `tidegate worker`. */
export class TaskWorkers extends Construct {
  /** Name of the Deployment. */
  readonly deploymentName: string;

  constructor(scope: Construct, id: string, props: TaskWorkersProps) {
    super(scope, id);
    const { instance, tasks, spec, derived } = props;
    const name = `${instance}-worker`;
    const selector = selectorLabels(instance, 'worker');
    const metadata = { name, labels: labels(instance, 'worker') };
    const settings = stringify(serverSettings(spec, derived, props.stores));
    this.deploymentName = name;

    new k8s.KubeServiceAccount(this, 'account', { metadata, automountServiceAccountToken: false });
    new k8s.KubeConfigMap(this, 'settings', { metadata, data: { 'settings.yaml': settings } });
    new k8s.KubeDeployment(this, 'deployment', {
      metadata,
      spec: {
        // No `replicas`: the autoscaler owns them.
        selector: { matchLabels: selector },
        progressDeadlineSeconds: derived.progressDeadlineSeconds,
        revisionHistoryLimit: 5,
        template: serverPodTemplate({
          name,
          labels: metadata.labels,
          selector,
          server: spec.server,
          container: { name: 'worker', args: commandOf(tasks), resources: tasks.resources },
          config: spec.config ?? {},
          settingsHash: contentHash(settings),
          // No client is sent to a worker, so it need not wait for proxies.
          graceSeconds: derived.terminationGraceSeconds - derived.preStopSeconds,
          secrets: [...serverSecrets(props.secrets), ...storeAuthorities(props.stores)],
        }),
      },
    });
    this.scale(props, {
      instance,
      component: 'worker',
      deploymentName: name,
      min: tasks.min,
      max: tasks.max,
    });
  }

  private scale({ instance, tasks, spec }: TaskWorkersProps, part: ScaledPart): void {
    const { keda } = spec.autoscaling;
    if (keda === undefined) {
      new HorizontalAutoscaler(this, 'autoscaler', {
        ...part,
        metrics: [resourceMetric('cpu', tasks.cpuPercent)],
      });
      return;
    }
    // Every process tells of the same queue.
    const series = podSeries('tidegate_tasks', Chart.of(this).namespace, `${instance}-(server|worker)`);
    const waiting = `sum(max by (task) (${series.replace('{', '{state="waiting",')}))`;
    new ScaledObject(this, 'scaled-object', {
      ...part,
      triggers: [
        resourceTrigger('cpu', tasks.cpuPercent),
        ...(tasks.waitingTarget === undefined || keda.prometheus === undefined
          ? []
          : [prometheusTrigger(keda.prometheus, waiting, tasks.waitingTarget)]),
      ],
    });
  }
}

function commandOf({ module, only, concurrency }: Tasks): string[] {
  return [
    'worker',
    module,
    '--health-port',
    `${SERVER_PORT}`,
    ...(only === undefined ? [] : ['--tasks', only.join(',')]),
    ...(concurrency === undefined ? [] : ['--concurrency', `${concurrency}`]),
  ];
}
