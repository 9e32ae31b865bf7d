import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { type Component, labels, selectorLabels } from './labels.ts';
import { tcp } from './network-port.ts';
import { POSTGRES_PORT } from './postgres.ts';
import type { PostgresCluster } from './postgres-cluster.ts';

export interface PostgresClusterBoundaryProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly cluster: PostgresCluster;
  /** Parts of the environment that connect to the pooler, if there is one, else to the primary. */
  readonly clients: readonly Component[];
  /** Parts that need a session of their own, so that they connect to the primary at all times. */
  readonly sessions: readonly Component[];
}

/** Port by which the operator of CloudNativePG and other instances ask an instance how it is. */
const STATUS_PORT = 8000;
const METRICS_PORTS = { instance: 9187, pooler: 9127 };
/** Pods of that operator, wherever it runs. */
const CNPG_OPERATOR = {
  namespaceSelector: {},
  podSelector: { matchLabels: { 'app.kubernetes.io/name': 'cloudnative-pg' } },
};

/**
 * Who may talk to the pods of a cluster. Only what comes in is bounded: its pods talk to each other, to the API server and to
 * the object store, whose addresses nobody here knows.
 *
 * @see https://cloudnative-pg.io/documentation/current/networking/
 */
export class PostgresClusterBoundary extends Construct {
  constructor(scope: Construct, id: string, props: PostgresClusterBoundaryProps) {
    super(scope, id);
    const { instance, cluster, clients, sessions } = props;
    const part = (component: Component) => ({
      podSelector: { matchLabels: selectorLabels(instance, component) },
    });
    const pods = (matchLabels: Readonly<Record<string, string>>) => ({
      podSelector: { matchLabels: { ...matchLabels } },
    });
    const policy = (name: string, of: Record<string, string>, ingress: k8s.NetworkPolicyIngressRule[]) =>
      new k8s.KubeNetworkPolicy(this, name, {
        metadata: { name, labels: labels(instance, 'postgres') },
        spec: { ...pods(of), policyTypes: ['Ingress'], ingress },
      });
    const { pods: members, poolerPods } = cluster;
    const front = poolerPods === undefined ? clients.map(part) : [pods(poolerPods)];
    policy(`${instance}-postgres`, members, [
      { ports: [tcp(POSTGRES_PORT)], from: [...front, ...sessions.map(part), pods(members), CNPG_OPERATOR] },
      { ports: [tcp(STATUS_PORT)], from: [pods(members), CNPG_OPERATOR] },
      { ports: [tcp(METRICS_PORTS.instance)] },
    ]);
    if (poolerPods === undefined) return;
    policy(`${instance}-postgres-pooler`, poolerPods, [
      { ports: [tcp(POSTGRES_PORT)], from: clients.map(part) },
      { ports: [tcp(METRICS_PORTS.pooler)] },
    ]);
  }
}
