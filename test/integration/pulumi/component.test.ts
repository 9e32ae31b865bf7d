import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { type PulumiProject, pulumiProject } from './pulumi-project.ts';

/** A team's own program: the namespace and the address of the database come from other resources. */
const PROGRAM = `
import { core } from '@pulumi/kubernetes';
import { Config } from '@pulumi/pulumi';
import { RealtimeEnvironment } from './src/delivery/pulumi/index.ts';

const namespace = new core.v1.Namespace('team', { metadata: { name: 'chat-team' } });
const database = new core.v1.ConfigMap('database', {
  metadata: { name: 'database', namespace: namespace.metadata.name },
  data: { host: new Config().require('database') },
});

export const { url } = new RealtimeEnvironment(new Config().get('component') ?? 'live', {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'RealtimeEnvironment',
  metadata: {
    name: 'chat',
    namespace: namespace.metadata.name,
    annotations: { 'pulumi.com/skipAwait': 'true' },
  },
  spec: {
    host: 'chat.example.com',
    route: { gateway: { name: 'public', namespace: 'infra' } },
    postgres: { external: { host: database.data.apply((data) => data.host) } },
    secrets: { postgres: { existing: { name: 'database-credentials', key: 'password' } } },
  },
}, {
  aliases: [{ name: 'live' }],
  transforms: [({ type, props, opts }) => {
    if (type !== 'kubernetes:apps/v1:Deployment') return undefined;
    const annotations = { ...props.metadata.annotations, 'example.com/team': 'chat' };
    return { props: { ...props, metadata: { ...props.metadata, annotations } }, opts };
  }],
});
`;

const kubeconfig = inject('kubeconfig');
let kubectl: Kubectl;
let project: PulumiProject;

const pulumi = (...args: readonly string[]) => project.pulumi(...args, '--stack', 'dev');
const databaseAt = (host: string) => pulumi('config', 'set', 'database', host);
const get = (object: string, path: string) =>
  kubectl(['-n', 'chat-team', 'get', object, '-o', `jsonpath=${path}`]);
const settings = () => get('configmap/chat-server', '{.data.settings\\.yaml}');
const hash = () =>
  get('deployment/chat-server', '{.spec.template.metadata.annotations.tidegate\\.dev/config-hash}');

beforeAll(async () => {
  kubectl = await kubectlFor(kubeconfig);
  project = await pulumiProject(kubeconfig, PROGRAM);
  await project.pulumi('stack', 'init', 'dev');
  await databaseAt('db.example.com');
});
afterAll(() => project.remove());

describe('GIVEN a program that takes namespace and database from other resources', () => {
  it('WHEN it is previewed THEN every object is in the plan, though neither is known', async () => {
    const { changeSummary } = JSON.parse(await pulumi('preview', '--json'));
    // The stack, Namespace, database and component, and its 16 objects.
    expect(changeSummary).toEqual({ create: 20 });
  });

  it('WHEN it is brought up twice THEN the values are in the objects, and the second time changes nothing', async () => {
    await pulumi('up', '--yes', '--skip-preview');
    expect(await settings()).toContain('host: db.example.com');
    await pulumi('up', '--yes', '--skip-preview', '--expect-no-changes');
  });

  it('WHEN the program transforms children of the component THEN the objects have what it adds', async () => {
    expect(await get('deployment/chat-server', '{.metadata.annotations.example\\.com/team}')).toBe('chat');
  });

  it('WHEN the component gets another name and an alias THEN its children move with it, and none is replaced', async () => {
    const identities = () =>
      Promise.all(['deployment/chat-server', 'secret/chat-token'].map((one) => get(one, '{.metadata.uid}')));
    const before = await identities();
    await pulumi('config', 'set', 'component', 'moved');
    await pulumi('up', '--yes', '--skip-preview');
    expect(await identities()).toEqual(before);
    const { deployment } = JSON.parse(await pulumi('stack', 'export'));
    const urns = (deployment.resources as { urn: string }[]).map(({ urn }) => urn);
    expect(urns.filter((urn) => urn.includes('::live'))).toEqual([]);
    expect(urns.filter((urn) => urn.includes('::moved/'))).toHaveLength(16);
  });

  it('WHEN the database moves THEN settings and hash follow, so that the pods are replaced', async () => {
    const before = await hash();
    await databaseAt('db2.example.com');
    await pulumi('up', '--yes', '--skip-preview');
    expect(await settings()).toContain('host: db2.example.com');
    expect(await hash()).not.toBe(before);
  });

  it('WHEN the address turns out to be none THEN the run fails with the code and the field', async () => {
    await databaseAt('Not a host');
    const failed = await pulumi('up', '--yes', '--skip-preview').catch(String);
    expect(failed).toContain('TG1003 spec.postgres.external.host: Must be a DNS name');
    expect(await settings()).toContain('host: db2.example.com');
  });
});
