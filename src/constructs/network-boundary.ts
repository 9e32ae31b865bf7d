import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { type Component, labels, selectorLabels } from './labels.ts';

/** A store the server may reach: a part of the environment, or any address when it is somebody else's. */
export interface StoreBoundary {
  readonly component: 'redis' | 'postgres';
  readonly port: number;
  readonly external: boolean;
}

export interface NetworkBoundaryProps {
  /** Name of the environment. */
  readonly instance: string;
  /** Port that clients reach the server on. */
  readonly serverPort: number;
  readonly stores: readonly StoreBoundary[];
}

/**
 * Who may talk to whom, both ways: anybody to the server's port, the server to its stores and to DNS, nobody else to the
 * stores, the stores to nobody. Policies add up, so a team allows more with a policy of its own.
 */
export class NetworkBoundary extends Construct {
  constructor(scope: Construct, id: string, { instance, serverPort, stores }: NetworkBoundaryProps) {
    super(scope, id);
    const pods = (component: Component) => ({
      podSelector: { matchLabels: selectorLabels(instance, component) },
    });
    const policy = (component: Component, spec: Omit<k8s.NetworkPolicySpec, 'podSelector'>) =>
      new k8s.KubeNetworkPolicy(this, component, {
        metadata: { name: `${instance}-${component}`, labels: labels(instance, component) },
        spec: { ...pods(component), policyTypes: ['Ingress', 'Egress'], ...spec },
      });

    policy('server', {
      ingress: [{ ports: [tcp(serverPort)] }],
      egress: [
        { ports: [tcp(53), { ...tcp(53), protocol: 'UDP' }] },
        ...stores.map(({ component, port, external }) => ({
          ports: [tcp(port)],
          ...(external ? {} : { to: [pods(component)] }),
        })),
      ],
    });
    for (const { component, port, external } of stores) {
      if (external) continue;
      policy(component, { ingress: [{ ports: [tcp(port)], from: [pods('server')] }], egress: [] });
    }
  }
}

function tcp(port: number): k8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' };
}
