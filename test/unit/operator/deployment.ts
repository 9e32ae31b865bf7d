import type { FieldSet, KubeObject } from '../../../src/operator/api/kube-object.ts';
import type { Desired } from '../../../src/operator/environment/desired.ts';

const HASH = 'tidegate.dev/applied-hash';
const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'tidegate-operator' };

export const desiredDeployment: Desired = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'chat-server', labels: MANAGED_BY, annotations: { [HASH]: 'abc' }, ownerReferences: [] },
  spec: { template: { spec: { containers: [{ name: 'server', image: 'server:1' }] } } },
};

/** The Deployment as the API server gives it, with a field of the container taken from us on request. */
export function appliedDeployment({ without }: { readonly without?: string } = {}): KubeObject {
  const container = { '.': {}, 'f:name': {}, 'f:image': {} };
  const left = Object.entries(container).filter(([field]) => field !== without);
  const containers: FieldSet = { 'k:{"name":"server"}': Object.fromEntries(left) };
  return {
    ...desiredDeployment,
    metadata: {
      ...desiredDeployment.metadata,
      generation: 1,
      labels: { ...MANAGED_BY, 'app.kubernetes.io/name': 'realtime-server' },
      annotations: { [HASH]: 'abc', 'deployment.kubernetes.io/revision': '1' },
      managedFields: [
        {
          manager: 'tidegate-operator',
          operation: 'Apply',
          fieldsV1: {
            'f:metadata': {
              'f:labels': { 'f:app.kubernetes.io/managed-by': {} },
              'f:annotations': { [`f:${HASH}`]: {} },
            },
            'f:spec': { 'f:template': { 'f:spec': { 'f:containers': containers } } },
          },
        },
        { manager: 'kube-controller-manager', operation: 'Update', subresource: 'status', fieldsV1: {} },
      ],
    },
    spec: { ...(desiredDeployment.spec as object), replicas: 3, selector: { matchLabels: { a: 'b' } } },
    status: { readyReplicas: 2 },
  };
}
