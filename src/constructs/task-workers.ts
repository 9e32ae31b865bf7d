import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { type EnvironmentSpec, parseSection } from '../spec/index.ts';
import { HorizontalAutoscaler, resourceMetric } from './horizontal-autoscaler.ts';
import { prometheusTrigger, resourceTrigger, ScaledObject } from './scaled-object.ts';
import { podSeries, type ScaledPart } from './scaling-behavior.ts';
import { type ServerProps, serverDeployment } from './server-deployment.ts';
import { SERVER_PORT } from './server-settings.ts';
import { validateProps } from './validation.ts';

type Tasks = NonNullable<EnvironmentSpec['tasks']>;

export interface TaskWorkersProps extends ServerProps {
  readonly tasks: Tasks;
}

/** Workers that run an application's tasks, apart from its servers and scaled by themselves: `tidegate worker`. */
export class TaskWorkers extends Construct {
  /** Name of the Deployment. */
  readonly deploymentName: string;

  constructor(scope: Construct, id: string, props: TaskWorkersProps) {
    super(scope, id);
    const { instance, tasks, derived } = props;
    validateProps(
      this,
      () => parseSection('name', instance),
      () => parseSection('tasks', tasks),
    );
    const { name } = serverDeployment(this, {
      ...props,
      component: 'worker',
      container: { args: commandOf(tasks), resources: tasks.resources },
      graceSeconds: derived.workerGraceSeconds,
    });
    this.deploymentName = name;
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
