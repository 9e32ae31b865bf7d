import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { VERSION } from '../../../src/spec/index.ts';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { type PulumiProject, pulumiProject } from './pulumi-project.ts';

/** What the SDK of any other language does: it names the component, and the engine has the plugin make it. */
const PROGRAM = `
import { core } from '@pulumi/kubernetes';
import { ComponentResource, Config } from '@pulumi/pulumi';

class RealtimeEnvironment extends ComponentResource {
  constructor(name, args, options) {
    super('tidegate:index:RealtimeEnvironment', name, { url: undefined, namespace: undefined, ...args }, options, true);
  }
}

const namespace = new core.v1.Namespace('team', { metadata: { name: 'chat-remote' } });
const database = new core.v1.ConfigMap('database', {
  metadata: { name: 'database', namespace: namespace.metadata.name },
  data: { host: 'db.stores.svc' },
});
const chat = new RealtimeEnvironment('chat', {
  metadata: {
    name: 'chat',
    namespace: namespace.metadata.name,
    annotations: { 'pulumi.com/skipAwait': 'true' },
  },
  spec: {
    host: 'chat.example.com',
    route: { gateway: { name: 'public', namespace: 'infra' } },
    retention: new Config().get('late') ? database.metadata.name : 'Delete',
    postgres: { external: { host: database.data.apply((data) => data.host) } },
    secrets: { postgres: { existing: { name: 'database-credentials', key: 'password' } } },
  },
});
export const url = chat.url;
`;

const kubeconfig = inject('kubeconfig');
let kubectl: Kubectl;
let project: PulumiProject;
const pulumi = (...args: readonly string[]) => project.pulumi(...args, '--stack', 'dev');

beforeAll(async () => {
  kubectl = await kubectlFor(kubeconfig);
  project = await pulumiProject(kubeconfig, PROGRAM);
  await project.pulumi('stack', 'init', 'dev');
});
afterAll(() => project.remove());

describe('GIVEN the plugin', () => {
  it('WHEN the CLI asks for its schema THEN fields are told, and those that cannot be outputs are plain', async () => {
    const schema = JSON.parse(await project.pulumi('package', 'get-schema', project.plugin));
    expect([schema.name, schema.version]).toEqual(['tidegate', VERSION]);
    expect(schema.resources['tidegate:index:RealtimeEnvironment']).toMatchObject({
      isComponent: true,
      requiredInputs: ['metadata', 'spec'],
    });
    const { properties } = schema.types['tidegate:index:SpecPostgresExternal'];
    expect(properties.host).toEqual({ type: 'string', description: 'Host name' });
    expect(properties.maxConnections).toMatchObject({ type: 'integer', plain: true });
  });
});

describe('GIVEN a program that has the component of the plugin', { timeout: 180_000 }, () => {
  it('WHEN it is previewed THEN every object is in the plan, though neither namespace nor host is known', async () => {
    const { changeSummary } = JSON.parse(await pulumi('preview', '--json'));
    // The stack, Namespace, database and component, and its 16 objects.
    expect(changeSummary).toEqual({ create: 20 });
  });

  it('WHEN it is brought up twice THEN the objects are there, and the second time changes nothing', async () => {
    await pulumi('up', '--yes', '--skip-preview');
    const get = (path: string) =>
      kubectl(['-n', 'chat-remote', 'get', 'configmap/chat-server', '-o', `jsonpath=${path}`]);
    expect(await get('{.data.settings\\.yaml}')).toContain('host: db.stores.svc');
    expect(JSON.parse(await pulumi('stack', 'output', '--json'))).toEqual({ url: 'wss://chat.example.com' });
    await pulumi('up', '--yes', '--skip-preview', '--expect-no-changes');
  });

  it('WHEN an output stands where a plain value is needed THEN the run fails with the code and the field', async () => {
    await pulumi('config', 'set', 'late', 'true');
    const failed = await pulumi('preview').catch(String);
    expect(failed).toContain('TG1482 spec.retention: An output cannot stand here');
  });
});
