import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import type { Manifest } from '../../../src/constructs/index.ts';
import { compare, ObjectApi } from '../../../src/delivery/cluster/index.ts';
import { command } from '../../cluster/command.ts';
import { freePorts } from '../../cluster/control-plane/free-ports.ts';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { LaterVersion } from '../../later-version.ts';
import { environment } from '../../unit/environment.ts';

const kubeconfig = inject('kubeconfig');
const directory = mkdtempSync(join(tmpdir(), 'tidegate-diff-'));
const file = join(directory, 'chat.yaml');
let kubectl: Kubectl;

/** The environment of a namespace as it stands in Git. */
const write = (namespace: string, spec: Record<string, unknown> = {}) =>
  writeFileSync(file, stringify({ ...environment(spec), metadata: { name: 'chat', namespace } }));

const diff = (...args: readonly string[]) => diffBy('src/cli/main.ts', ...args);
const diffBy = (program: string, ...args: readonly string[]) => {
  const all = [program, 'diff', file, '--kubeconfig', kubeconfig, ...args];
  const { status, stdout, stderr } = spawnSync('node', all, { encoding: 'utf8' });
  return { status, stdout, stderr };
};

const apply = async (...args: readonly string[]) => {
  await command('node', ['src/cli/main.ts', 'synth', file, '--out', directory]);
  await kubectl(['apply', '--server-side', '-k', join(directory, 'chat'), ...args]);
};

beforeAll(async () => {
  kubectl = await kubectlFor(kubeconfig);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('GIVEN an environment that was never applied', () => {
  it('WHEN its namespace is missing THEN that is told once, and the shell sees 2', () => {
    write('diff-nowhere');
    expect(diff()).toEqual({
      status: 2,
      stdout: '0 to create, 0 to change, 0 the same\n',
      stderr:
        'tidegate: TG5002 diff-nowhere: The cluster has no such namespace. ' +
        'Create it with kubectl create namespace, then try again.\n',
    });
  });

  it('WHEN its namespace is there THEN every object would be new, the shell sees 1, and none is', async () => {
    await kubectl(['create', 'namespace', 'diff-new']);
    write('diff-new', { redis: { inProcess: {} }, autoscaling: { min: 1, max: 1 } });
    const { status, stdout, stderr } = diff();
    expect([status, stderr]).toEqual([1, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toBe(`${lines.length - 1} to create, 0 to change, 0 the same`);
    expect(lines).toContain('+ Deployment diff-new/chat-server');
    expect(await kubectl(['-n', 'diff-new', 'get', 'deployments', '-o', 'name'])).toBe('');
  });

  it('WHEN the API server does not answer THEN one sentence says so, and the shell sees 2', async () => {
    const [port] = await freePorts(1);
    const dead = join(directory, 'dead.kubeconfig');
    const cluster = { name: 'one', cluster: { server: `https://127.0.0.1:${port}` } };
    const context = { name: 'one', context: { cluster: 'one', user: 'one' } };
    const contents = {
      'current-context': 'one',
      clusters: [cluster],
      contexts: [context],
      users: [{ name: 'one' }],
    };
    writeFileSync(dead, stringify(contents));
    const { status, stderr } = diff('--kubeconfig', dead);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^tidegate: TG3002 .*: The API server does not answer \(ECONNREFUSED\)\. .*\n$/);
  });

  it('WHEN its spec is wrong THEN the shell sees 2, and in JSON the problems', () => {
    write('diff-new', { host: 'UPPER' });
    const { status, stdout } = diff('-o', 'json');
    expect([status, JSON.parse(stdout).errors[0].code]).toEqual([2, 'TG1003']);
  });
});

describe('GIVEN an environment that a GitOps controller has applied', () => {
  const namespace = 'diff-applied';
  beforeAll(async () => {
    await kubectl(['create', 'namespace', namespace]);
    write(namespace, { config: { GREETING: 'Hello', TONE: 'plain' } });
    await apply('--field-manager=argocd-controller');
  });

  it('WHEN nothing changed THEN the shell sees 0', () => {
    write(namespace, { config: { GREETING: 'Hello', TONE: 'plain' } });
    const { status, stdout, stderr } = diff();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^0 to create, 0 to change, \d+ the same\n$/);
  });

  it('WHEN a later version looks at it THEN nothing changed, for what runs stays', () => {
    const later = new LaterVersion();
    try {
      const { status, stderr } = diffBy(later.program);
      expect([status, stderr]).toEqual([0, '']);
    } finally {
      later.remove();
    }
  });

  it('WHEN an autoscaler has scaled THEN that is no difference', async () => {
    await kubectl(['-n', namespace, 'scale', 'deployment', 'chat-server', '--replicas=3']);
    expect(diff().status).toBe(0);
  });

  it('WHEN the spec changed THEN each field is told: changed, added, removed', () => {
    write(namespace, {
      config: { GREETING: 'Good day', MOOD: 'calm' },
      autoscaling: { min: 2, max: 7 },
      server: { image: 'ghcr.io/acme/chat:2.0.0' },
    });
    const { status, stdout } = diff();
    expect(status).toBe(1);
    const lines = stdout.split('\n');
    expect(lines).toContain(`~ HorizontalPodAutoscaler ${namespace}/chat-server`);
    expect(lines).toContain('    ~ spec.maxReplicas: 10 → 7');
    expect(lines).toContain(
      '    ~ spec.template.spec.containers[server].image: "ghcr.io/tidegate/server:0.1.0" → "ghcr.io/acme/chat:2.0.0"',
    );
    expect(lines).toContain(
      '    ~ spec.template.spec.containers[server].env[GREETING].value: "Hello" → "Good day"',
    );
    expect(lines).toContain(
      '    + spec.template.spec.containers[server].env[MOOD]: {"name":"MOOD","value":"calm"}',
    );
    expect(lines).toContain(
      '    - spec.template.spec.containers[server].env[TONE]: {"name":"TONE","value":"plain"}',
    );
    expect(lines).toContain('    ~ data["settings.yaml"].drain.timeoutSeconds: 65 → 50');
  });

  it('WHEN JSON is asked for THEN it holds the same fields', () => {
    write(namespace, { config: { GREETING: 'Hello', TONE: 'plain' }, autoscaling: { min: 2, max: 7 } });
    const { status, stdout } = diff('-o', 'json');
    const { differences, errors } = JSON.parse(stdout);
    expect([status, errors]).toEqual([1, []]);
    const scaler = differences.find(({ kind }: { kind: string }) => kind === 'HorizontalPodAutoscaler');
    expect(scaler).toEqual({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      namespace,
      name: 'chat-server',
      action: 'change',
      changes: [{ path: 'spec.maxReplicas', before: 10, after: 7 }],
    });
  });

  it('WHEN it is shown on a terminal THEN in colour, unless NO_COLOR is set', () => {
    write(namespace, { config: { GREETING: 'Hello', TONE: 'plain' }, autoscaling: { min: 2, max: 7 } });
    const terminal = (env: Record<string, string>) => {
      const line = `node src/cli/main.ts diff ${file} --kubeconfig ${kubeconfig}`;
      // Node takes no terminal of a CI for one that shows colours.
      const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...rest } = process.env;
      return spawnSync('script', ['-qec', line, '/dev/null'], {
        encoding: 'utf8',
        env: { ...rest, TERM: 'xterm-256color', ...env },
      }).stdout;
    };
    expect(terminal({})).toContain('\u001b[33m~ spec.maxReplicas: 10 → 7\u001b[39m');
    expect(terminal({ NO_COLOR: '1' })).not.toContain('\u001b[33m');
    expect(diff().stdout).not.toContain('\u001b');
  });

  it('WHEN the API server refuses a change THEN its reason is told beside the rest, and the shell sees 2', () => {
    write(namespace, {
      config: { GREETING: 'Hello', TONE: 'plain' },
      redis: { standalone: { storage: '512Mi' } },
    });
    const { status, stdout, stderr } = diff();
    expect(status).toBe(2);
    expect(stdout).toMatch(/\d+ the same\n$/);
    expect(stderr).toMatch(
      /^tidegate: TG3003 PersistentVolumeClaim diff-applied\/chat-redis-data: PersistentVolumeClaim "chat-redis-data" is invalid: /,
    );
  });

  it('WHEN objects left the spec THEN --prune tells what would be deleted, and a volume that is kept is not', () => {
    write(namespace, {
      config: { GREETING: 'Hello', TONE: 'plain' },
      redis: { external: { host: 'redis.example.com' } },
      secrets: { redis: { existing: { name: 'redis', key: 'password' } } },
    });
    expect(diff().stdout).not.toMatch(/^- |delete/m);
    const { status, stdout, stderr } = diff('--prune');
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout.split('\n').filter((line) => line.startsWith('- '))).toEqual([
      `- ConfigMap ${namespace}/chat-redis`,
      `- NetworkPolicy ${namespace}/chat-redis`,
      `- Service ${namespace}/chat-redis`,
      `- StatefulSet ${namespace}/chat-redis`,
    ]);
    expect(stdout).toContain(' to change, 4 to delete, ');
  });

  it('WHEN another front door owns an object THEN it is named, and the shell sees 2', async () => {
    write(namespace, { config: { GREETING: 'Hello', TONE: 'plain' } });
    await kubectl([
      '-n',
      namespace,
      'label',
      '--overwrite',
      'service/chat-server',
      'app.kubernetes.io/managed-by=tidegate-operator',
    ]);
    const { status, stderr } = diff();
    expect(status).toBe(2);
    expect(stderr).toBe(
      'tidegate: TG3001 Service diff-applied/chat-server: It belongs to tidegate-operator. Deliver it from one front door only, or move it with tidegate adopt --to gitops.\n',
    );
  });
});

describe('GIVEN objects of other kinds', () => {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const metadata = { name: 'one', namespace: 'default' };

  it('WHEN the cluster does not serve a kind THEN that is told, and the others are compared', async () => {
    const widget: Manifest = { apiVersion: 'widgets.example.com/v1', kind: 'Widget', metadata };
    const map: Manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {} };
    const { differences, problems } = await compare(ObjectApi.of(config), [widget, map], 'gitops');
    expect(differences.map(({ kind, action }) => [kind, action])).toEqual([['ConfigMap', 'create']]);
    expect(problems.map(({ code, path, reason }) => [code, path, reason])).toEqual([
      ['TG5001', 'Widget default/one', 'The cluster serves no Widget of widgets.example.com/v1'],
    ]);
  });

  it('WHEN values of a Secret change THEN that is told, and no value', async () => {
    const secret = (stringData: Record<string, string>): Manifest => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'diff', namespace: 'default' },
      stringData,
    });
    await kubectl(['apply', '-f', '-'], JSON.stringify(secret({ password: 'hunter-one', key: 'kept-two' })));
    const { differences } = await compare(
      ObjectApi.of(config),
      [secret({ password: 'other-three', more: 'four' })],
      'gitops',
    );
    expect(differences[0]?.changes).toEqual([
      { path: 'data.password', before: '***', after: '***' },
      { path: 'data.more', after: '***' },
    ]);
  });
});
