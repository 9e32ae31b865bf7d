import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { type PulumiProject, pulumiProject } from './pulumi-project.ts';

const NAMESPACE = 'chat-pulumi';
const EXAMPLE = join(import.meta.dirname, '../../../environments/staging.yaml');

const kubeconfig = inject('kubeconfig');
let kubectl: Kubectl;
let project: PulumiProject;

/** The staging example in a namespace of this test. No node runs its pods, so nothing waits for them. */
function write(change: (spec: Record<string, unknown>) => void = () => {}): string {
  const annotations = { 'pulumi.com/skipAwait': 'true' };
  const spec = {};
  change(spec);
  const document = {
    extends: EXAMPLE,
    metadata: { name: 'chat', namespace: NAMESPACE, annotations },
    spec,
  };
  const file = join(project.directory, 'environment.yaml');
  writeFileSync(file, stringify(document));
  return file;
}

const KINDS = 'deploy,sts,svc,sa,cm,secret,pvc,hpa,pdb,netpol,ing,httproutes.gateway.networking.k8s.io';

/** Names of the objects of a front door, sorted. */
async function objectsOf(door: string, namespace = NAMESPACE): Promise<readonly string[]> {
  const selector = `app.kubernetes.io/managed-by=tidegate-${door}`;
  const listed = await kubectl(['-n', namespace, 'get', KINDS, '-l', selector, '-o', 'name']);
  return listed
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

const get = async (object: string, path: string) =>
  kubectl(['-n', NAMESPACE, 'get', object, '-o', `jsonpath=${path}`]);

const up = (...args: readonly string[]) =>
  project.pulumi('up', '--stack', 'staging', '--yes', '--skip-preview', ...args);

beforeAll(async () => {
  kubectl = await kubectlFor(kubeconfig);
  project = await pulumiProject(kubeconfig);
  await kubectl(['create', 'namespace', NAMESPACE]);
  await project.pulumi('stack', 'init', 'staging');
});
afterAll(() => project.remove());

describe('GIVEN the Pulumi.yaml at the root and the example environments', () => {
  it.each(['dev', 'production'])(
    'WHEN stack %s is previewed THEN it would create the environment of that name',
    async (stack) => {
      await project.pulumi('stack', 'init', stack);
      const preview = JSON.parse(await project.pulumi('preview', '--stack', stack, '--json'));
      expect(Object.keys(preview.changeSummary)).toEqual(['create']);
      const types = preview.steps.map(({ newState }: { newState: { type: string } }) => newState.type);
      expect(types).toContain('tidegate:index:RealtimeEnvironment');
      expect(types).toContain('kubernetes:apps/v1:Deployment');
    },
  );

  it('WHEN the environment of a stack breaks a rule THEN the code, the field and the remedy are told', async () => {
    const file = write((spec) => {
      spec.autoscaling = { min: 5, max: 3 };
    });
    await project.pulumi('config', 'set', 'tidegate:environment', file, '--stack', 'staging');
    const failed = await project.pulumi('preview', '--stack', 'staging').catch(String);
    expect(failed).toContain('error: TG1104 ');
    expect(failed).toContain('spec.autoscaling.min');
    expect(failed).not.toContain('    at ');
  });
});

describe('GIVEN an environment with both routes and stores of its own', () => {
  const URN = 'urn:pulumi:staging::tidegate::tidegate:index:RealtimeEnvironment$kubernetes:';

  it('WHEN it is brought up THEN every object is on the server and in the state under its type', async () => {
    write();
    await up();
    expect(await objectsOf('pulumi')).toEqual([
      'configmap/chat-redis',
      'configmap/chat-server',
      'deployment.apps/chat-server',
      'horizontalpodautoscaler.autoscaling/chat-server',
      'httproute.gateway.networking.k8s.io/chat',
      'ingress.networking.k8s.io/chat',
      'networkpolicy.networking.k8s.io/chat-postgres',
      'networkpolicy.networking.k8s.io/chat-redis',
      'networkpolicy.networking.k8s.io/chat-server',
      'persistentvolumeclaim/chat-postgres-data',
      'persistentvolumeclaim/chat-redis-data',
      'poddisruptionbudget.policy/chat-server',
      'secret/chat-api',
      'secret/chat-postgres',
      'secret/chat-redis',
      'secret/chat-token',
      'service/chat-postgres',
      'service/chat-redis',
      'service/chat-server',
      'serviceaccount/chat-server',
      'statefulset.apps/chat-postgres',
      'statefulset.apps/chat-redis',
    ]);
    const { deployment } = JSON.parse(await project.pulumi('stack', 'export', '--stack', 'staging'));
    const urns = (deployment.resources as { urn: string }[]).map(({ urn }) => urn);
    expect(
      urns
        .filter((urn) => urn.startsWith(URN))
        .map((urn) => urn.slice(URN.length))
        .sort(),
    ).toEqual([
      'apps/v1:Deployment::chat/chat-server',
      'apps/v1:StatefulSet::chat/chat-postgres',
      'apps/v1:StatefulSet::chat/chat-redis',
      'autoscaling/v2:HorizontalPodAutoscaler::chat/chat-server',
      'core/v1:ConfigMap::chat/chat-redis',
      'core/v1:ConfigMap::chat/chat-server',
      'core/v1:PersistentVolumeClaim::chat/chat-postgres-data',
      'core/v1:PersistentVolumeClaim::chat/chat-redis-data',
      'core/v1:Secret::chat/chat-api',
      'core/v1:Secret::chat/chat-postgres',
      'core/v1:Secret::chat/chat-redis',
      'core/v1:Secret::chat/chat-token',
      'core/v1:Service::chat/chat-postgres',
      'core/v1:Service::chat/chat-redis',
      'core/v1:Service::chat/chat-server',
      'core/v1:ServiceAccount::chat/chat-server',
      'gateway.networking.k8s.io/v1:HTTPRoute::chat/chat',
      'networking.k8s.io/v1:Ingress::chat/chat',
      'networking.k8s.io/v1:NetworkPolicy::chat/chat-postgres',
      'networking.k8s.io/v1:NetworkPolicy::chat/chat-redis',
      'networking.k8s.io/v1:NetworkPolicy::chat/chat-server',
      'policy/v1:PodDisruptionBudget::chat/chat-server',
    ]);
    expect(JSON.parse(await project.pulumi('stack', 'output', '--stack', 'staging', '--json'))).toEqual({
      urls: { chat: 'wss://chat.staging.example.com' },
    });
  });

  it('WHEN it is brought up again, with and without a refresh THEN nothing changes', async () => {
    await up('--expect-no-changes');
    await up('--expect-no-changes', '--refresh');
  });

  it('WHEN its files of state are read THEN no credential is in them', async () => {
    const credentials = await Promise.all([
      get('secret/chat-redis', '{.data.password}'),
      get('secret/chat-postgres', '{.data.password}'),
      get('secret/chat-token', '{.data.key}'),
      get('secret/chat-api', '{.data.key}'),
    ]);
    const plain = credentials.map((credential) => Buffer.from(credential, 'base64').toString());
    for (const credential of plain) expect(credential).toMatch(/^[\w-]{43}$/);
    const files = readdirSync(project.state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(files.some((text) => text.includes('chat-postgres-data'))).toBe(true);
    for (const secret of [...credentials, ...plain]) {
      expect(files.filter((text) => text.includes(secret))).toEqual([]);
    }
  });

  it('WHEN somebody scales it and edits its settings THEN a refresh puts back the settings and not the replicas', async () => {
    await kubectl(['-n', NAMESPACE, 'scale', 'deployment/chat-server', '--replicas=3']);
    const edit = JSON.stringify({ data: { 'settings.yaml': 'edited' } });
    await kubectl(['-n', NAMESPACE, 'patch', 'configmap/chat-server', '--type=merge', `--patch=${edit}`]);
    await up('--refresh');
    expect(await get('configmap/chat-server', '{.data.settings\\.yaml}')).toContain('port: 8000');
    expect(await get('deployment/chat-server', '{.spec.replicas}')).toBe('3');
  });

  it('WHEN a setting changes THEN the ConfigMap is updated in its place, and the Secrets stay', async () => {
    const identities = () =>
      Promise.all(
        ['configmap/chat-server', 'deployment/chat-server'].map((one) => get(one, '{.metadata.uid}')),
      );
    const password = await get('secret/chat-postgres', '{.data.password}');
    const before = await identities();
    write((spec) => {
      spec.server = { settings: { logLevel: 'debug' } };
    });
    await up();
    expect(await get('configmap/chat-server', '{.data.settings\\.yaml}')).toContain('logLevel: debug');
    expect(await identities()).toEqual(before);
    expect(await get('secret/chat-postgres', '{.data.password}')).toBe(password);
  });

  it('WHEN it is destroyed THEN its volume claims alone stay, and a later up takes them back', async () => {
    await project.pulumi('destroy', '--stack', 'staging', '--yes', '--skip-preview');
    expect(await objectsOf('pulumi')).toEqual([
      'persistentvolumeclaim/chat-postgres-data',
      'persistentvolumeclaim/chat-redis-data',
    ]);
    const claims = () =>
      Promise.all(
        ['pvc/chat-postgres-data', 'pvc/chat-redis-data'].map((claim) => get(claim, '{.metadata.uid}')),
      );
    const before = await claims();
    await up();
    expect(await claims()).toEqual(before);
    expect(await objectsOf('pulumi')).toHaveLength(22);
  });

  it('WHEN it is destroyed with retention Delete THEN nothing stays', async () => {
    write((spec) => {
      spec.retention = 'Delete';
    });
    await up();
    await project.pulumi('destroy', '--stack', 'staging', '--yes', '--skip-preview');
    expect(await objectsOf('pulumi')).toEqual([]);
  });
});

describe('GIVEN objects that another front door delivers', () => {
  it('WHEN the same environment is brought up THEN it names the other and takes nothing over', async () => {
    const theirs = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'chat-server', labels: { 'app.kubernetes.io/managed-by': 'tidegate-operator' } },
      data: { 'settings.yaml': 'theirs' },
    };
    const apply = ['-n', NAMESPACE, 'apply', '--server-side', '--field-manager=tidegate-operator', '-f', '-'];
    await kubectl(apply, JSON.stringify(theirs));
    write();
    const failed = await up().catch(String);
    expect(failed).toContain('conflicts with "tidegate-operator"');
    expect(failed).toContain('app.kubernetes.io/managed-by');
    expect(await objectsOf('operator')).toEqual(['configmap/chat-server']);
    expect(await get('configmap/chat-server', '{.data.settings\\.yaml}')).toBe('theirs');
    expect(await objectsOf('pulumi')).not.toContain('deployment.apps/chat-server');
  });
});
