import type { Component } from '../control-plane/components.ts';
import type { ClusterLayout } from '../layout.ts';

/** What an add-on is made from. */
export interface AddonContext {
  readonly layout: ClusterLayout;
  /** Kubeconfig that its processes use. */
  readonly kubeconfig: string;
}

/** A part of the cluster beside Kubernetes itself: its objects, and its processes on the node. */
export interface Addon {
  readonly objects: readonly object[];
  readonly components: readonly Component[];
}

/** A Service without a selector, and the slice that points it at a process on the node. */
export function serviceOfProcess(
  { name, namespace, labels }: { name: string; namespace: string; labels?: Record<string, string> },
  address: string,
  ports: readonly { name: string; port: number; targetPort: number; protocol: 'TCP' | 'UDP' }[],
  clusterIP?: string,
): readonly object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec: { ports, ...(clusterIP === undefined ? {} : { clusterIP }) },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports: ports.map(({ name, targetPort, protocol }) => ({ name, port: targetPort, protocol })),
    },
  ];
}
