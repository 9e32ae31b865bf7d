import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { EVICTED_AT_ONCE, parseSection } from '../spec/index.ts';
import { labels, selectorLabels } from './labels.ts';
import { validateProps } from './validation.ts';

export interface DisruptionBudgetProps {
  /** Name of the environment. */
  readonly instance: string;
}

/** Node drains take one server pod at a time, so that its sockets find the others. */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, { instance }: DisruptionBudgetProps) {
    super(scope, id);
    validateProps(this, () => parseSection('name', instance));
    new k8s.KubePodDisruptionBudget(this, 'budget', {
      metadata: { name: `${instance}-server`, labels: labels(instance, 'server') },
      spec: {
        maxUnavailable: k8s.IntOrString.fromNumber(EVICTED_AT_ONCE),
        selector: { matchLabels: selectorLabels(instance, 'server') },
        // A pod that is broken anyway must not block the drain of its node.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}
