import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { type Destination, egressTo } from './egress.ts';
import { type Component, labels, selectorLabels } from './labels.ts';
import { tcp } from './network-port.ts';

/** A store that is part of the environment. */
export interface StoreBoundary {
  readonly component: 'redis' | 'postgres';
  readonly port: number;
}

export interface NetworkBoundaryProps {
  /** Name of the environment. */
  readonly instance: string;
  /** Port that clients reach the server on. */
  readonly serverPort: number;
  /** Whether there are workers of tasks, which reach what the server does; false by default. */
  readonly workers?: boolean;
  readonly stores: readonly StoreBoundary[];
  /** What the server needs outside the environment: external stores, the issuer of tokens. */
  readonly destinations: readonly Destination[];
}

/**
 * Who may talk to whom, both ways: anybody to the server's port, the server to its stores, to what it needs outside and to
 * DNS, nobody else to the stores, the stores to nobody. DNS is any port 53, since resolvers on nodes have no pods to
 * select. Policies add up, so a team allows more with a policy of its own.
 */
export class NetworkBoundary extends Construct {
  constructor(scope: Construct, id: string, props: NetworkBoundaryProps) {
    super(scope, id);
    const { instance, serverPort, stores, destinations } = props;
    const pods = (component: Component) => ({
      podSelector: { matchLabels: selectorLabels(instance, component) },
    });
    const policy = (component: Component, spec: Omit<k8s.NetworkPolicySpec, 'podSelector'>) =>
      new k8s.KubeNetworkPolicy(this, component, {
        metadata: { name: `${instance}-${component}`, labels: labels(instance, component) },
        spec: { ...pods(component), policyTypes: ['Ingress', 'Egress'], ...spec },
      });

    const clients = props.workers === true ? (['server', 'worker'] as const) : (['server'] as const);
    const reach: Omit<k8s.NetworkPolicySpec, 'podSelector'> = {
      ingress: [{ ports: [tcp(serverPort)] }],
      egress: [
        { ports: [tcp(53), { ...tcp(53), protocol: 'UDP' }] },
        ...stores.map(({ component, port }) => ({ ports: [tcp(port)], to: [pods(component)] })),
        ...destinations.map(egressTo),
      ],
    };
    for (const client of clients) policy(client, reach);
    for (const { component, port } of stores) {
      policy(component, { ingress: [{ ports: [tcp(port)], from: clients.map(pods) }], egress: [] });
    }
  }
}
