/** The ways out of the cluster that the story takes. */
export const ROUTES = {
  ingress: '{ ingress: { className: contour } }',
  gateway: '{ gateway: { name: public, namespace: infra } }',
} as const;

interface ChatEnvironment {
  readonly namespace: string;
  readonly route: keyof typeof ROUTES;
  readonly retention?: 'Retain' | 'Delete';
}

/** The environment of the story: two replicas, Redis and Postgres, in at most twelve lines. */
export function chatEnvironment({ namespace, route, retention = 'Retain' }: ChatEnvironment): string {
  return `apiVersion: tidegate.dev/v1alpha1
kind: RealtimeEnvironment
metadata: { name: chat, namespace: ${namespace} }
spec:
  host: ${namespace}.example.com
  route: ${ROUTES[route]}
  autoscaling: { min: 2, max: 3, connectionsPerReplica: 100 }
  redis: { standalone: {} }
  postgres: { standalone: { storage: 256Mi } }
  retention: ${retention}
`;
}
