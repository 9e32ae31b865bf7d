import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { parseSection } from '../spec/index.ts';
import { type Destination, egressTo } from './egress.ts';
import { type Component, labels, selectorLabels } from './labels.ts';
import { tcp } from './network-port.ts';
import { validateProps } from './validation.ts';

/** A store that is part of the environment. */
export interface StoreBoundary {
  readonly component: 'redis' | 'postgres';
  readonly port: number;
  /** Port of the Sentinels beside it; they and the servers talk with each other. None by default. */
  readonly sentinelPort?: number | undefined;
  /** Labels of its pods when another operator makes them, which then says itself who may come in; its own by default. */
  readonly pods?: Readonly<Record<string, string>> | undefined;
}

/** Pods that run to an end and reach Postgres: they take no connections. */
export interface JobBoundary {
  readonly component: 'backup' | 'migration';
  /** Where its database is. */
  readonly stores: readonly StoreBoundary[];
  /** What they need outside the environment. */
  readonly destinations: readonly Destination[];
}

export interface NetworkBoundaryProps {
  /** Name of the environment. */
  readonly instance: string;
  /** Port that clients reach the server on. */
  readonly serverPort: number;
  /** Whether there are workers of tasks, which reach what the server does; false by default. */
  readonly workers?: boolean;
  readonly stores: readonly StoreBoundary[];
  /** None by default. */
  readonly jobs?: readonly JobBoundary[];
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
    validateProps(this, () => parseSection('name', props.instance));
    const { instance, serverPort, stores, destinations, jobs = [] } = props;
    const pods = (component: Component) => ({
      podSelector: { matchLabels: selectorLabels(instance, component) },
    });
    const policy = (component: Component, spec: Omit<k8s.NetworkPolicySpec, 'podSelector'>) =>
      new k8s.KubeNetworkPolicy(this, component, {
        metadata: { name: `${instance}-${component}`, labels: labels(instance, component) },
        spec: { ...pods(component), policyTypes: ['Ingress', 'Egress'], ...spec },
      });

    const clients = props.workers === true ? (['server', 'worker'] as const) : (['server'] as const);
    const reach = (
      reached: readonly StoreBoundary[],
      outside: readonly Destination[],
    ): k8s.NetworkPolicyEgressRule[] => [
      NAMES,
      ...reached.map(({ component, pods: others, ...store }) => ({
        ports: portsOf(store),
        to: [others === undefined ? pods(component) : { podSelector: { matchLabels: { ...others } } }],
      })),
      ...outside.map(egressTo),
    ];
    for (const client of clients) {
      policy(client, { ingress: [{ ports: [tcp(serverPort)] }], egress: reach(stores, destinations) });
    }
    for (const job of jobs) {
      policy(job.component, { ingress: [], egress: reach(job.stores, job.destinations) });
    }
    for (const { component, pods: others, ...store } of stores) {
      if (others !== undefined) continue;
      const from = [...clients, ...(component === 'postgres' ? jobs.map((job) => job.component) : [])];
      const ports = portsOf(store);
      const peers = store.sentinelPort === undefined ? [] : [component];
      policy(component, {
        ingress: [{ ports, from: [...from, ...peers].map(pods) }],
        egress: peers.length === 0 ? [] : [NAMES, { ports, to: peers.map(pods) }],
      });
    }
  }
}

/** Resolvers, wherever they are. */
const NAMES: k8s.NetworkPolicyEgressRule = { ports: [tcp(53), { ...tcp(53), protocol: 'UDP' }] };

function portsOf({
  port,
  sentinelPort,
}: Pick<StoreBoundary, 'port' | 'sentinelPort'>): k8s.NetworkPolicyPort[] {
  return [port, ...(sentinelPort === undefined ? [] : [sentinelPort])].map(tcp);
}
