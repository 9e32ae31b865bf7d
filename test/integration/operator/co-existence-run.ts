import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { more } from './no-op-run.ts';
import type { RestartableApiServer } from './restartable-api-server.ts';
import { Sandbox, startOperator } from './sandbox.ts';

/** What an API server needs to be told to serve policies that change objects. */
export const MUTATING_POLICIES = [
  '--feature-gates=MutatingAdmissionPolicy=true',
  '--runtime-config=admissionregistration.k8s.io/v1beta1=true',
];
const MUTATED = 77;
const LABEL = 'app.kubernetes.io/name';

export interface CoExistence {
  /** Objects that the operator wrote while others wrote, as `resource/name`, but for its status and events. */
  readonly written: readonly string[];
  /** Writes after the others had finished, while everything was looked at again. */
  readonly afterwards: number;
  /** What the policy made of a field, and another writer of the replicas. */
  readonly deployment: { readonly progressDeadlineSeconds: number; readonly replicas: number };
}

/**
 * Lets others write beside an operator, so many times: a policy that changes a field of every Deployment, an autoscaler that
 * sets replicas, a tool that applies an annotation of its own, and a person who edits what is the operator's.
 */
export async function coExist(apiServer: RestartableApiServer, rounds: number): Promise<CoExistence> {
  const sandbox = await Sandbox.create(apiServer.kubeconfig);
  await mutate(sandbox);
  const operator = await startOperator(sandbox, { timing: { resyncMs: 100 } });
  await sandbox.apply();
  await sandbox.condition('Degraded', { status: 'False' });
  await more(operator, 3);
  const before = apiServer.audit.writes().length;
  for (let round = 1; round <= rounds; round += 1) await disturb(sandbox, round);
  const disturbed = apiServer.audit.writes().slice(before);
  await more(operator, 10);
  const afterwards = apiServer.audit.writes().slice(before + disturbed.length);
  await operator.stop();
  const deployment = await sandbox.get<KubeObject & { spec: CoExistence['deployment'] }>(
    'deployment',
    'chat-server',
  );
  const { progressDeadlineSeconds = 0, replicas = 0 } = deployment?.spec ?? {};
  return {
    written: disturbed
      // An edit is first met by an apply without force, which is refused and tells who edited.
      .filter(({ responseStatus }) => responseStatus.code < 300)
      .map(({ objectRef }) => objectRef)
      .filter(({ resource }) => resource !== 'realtimeenvironments' && resource !== 'events')
      .map(({ resource, name }) => `${resource}/${name}`),
    afterwards: afterwards.length,
    deployment: { progressDeadlineSeconds, replicas },
  };
}

async function disturb(sandbox: Sandbox, round: number): Promise<void> {
  await sandbox.kubectl(['scale', 'deployment', 'chat-server', `--replicas=${round}`]);
  await sandbox.kubectl(['apply', '--server-side', '--field-manager=argocd', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'chat-server', annotations: { 'argocd.argoproj.io/tracking-id': `round-${round}` } },
  });
  await sandbox.kubectl(['label', 'service', 'chat-server', '--overwrite', `${LABEL}=round-${round}`]);
  await waitFor('the label to be back', async () => {
    const { metadata } = (await sandbox.get('service', 'chat-server')) ?? {};
    return metadata?.labels?.[LABEL] === `round-${round}` ? undefined : true;
  });
  // The status follows the replicas; it is the last that is written.
  await waitFor('the replicas to be told', async () =>
    (await sandbox.status()).replicas?.desired === round ? true : undefined,
  );
}

/** Makes the API server change a field of every Deployment of the sandbox, and waits until it does. */
async function mutate(sandbox: Sandbox): Promise<void> {
  const name = sandbox.namespace;
  const expression = `Object{spec: Object.spec{progressDeadlineSeconds: ${MUTATED}}}`;
  const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'] };
  const apiVersion = 'admissionregistration.k8s.io/v1beta1';
  const items = [
    {
      apiVersion,
      kind: 'MutatingAdmissionPolicy',
      metadata: { name },
      spec: {
        matchConstraints: { resourceRules: [{ ...rule, resources: ['deployments'] }] },
        failurePolicy: 'Fail',
        reinvocationPolicy: 'Never',
        mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
      },
    },
    {
      apiVersion,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
      },
    },
  ];
  await sandbox.kubectl(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
  const probe = ['create', 'deployment', 'probe', '--image=none', '--dry-run=server', '-o', 'json'];
  await waitFor('the policy to take hold', async () =>
    JSON.parse(await sandbox.kubectl(probe)).spec.progressDeadlineSeconds === MUTATED ? true : undefined,
  );
}
