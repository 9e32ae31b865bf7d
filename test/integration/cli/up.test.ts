import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { owned, render, TREE_KINDS } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { Sandbox } from '../operator/sandbox.ts';
import { restricted } from '../operator/service-account.ts';
import { type Ended, tidegate } from './tidegate.ts';

const kubeconfig = inject('kubeconfig');
const directory = mkdtempSync(join(tmpdir(), 'tidegate-up-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Stores of others, so that nothing waits for a disk. */
const EXTERNAL = {
  redis: { external: { host: 'redis.example.com' } },
  postgres: { external: { host: 'postgres.example.com' } },
  secrets: {
    redis: { existing: { name: 'stores', key: 'redis' } },
    postgres: { existing: { name: 'stores', key: 'postgres' } },
  },
};

/** A file that describes the environment of a sandbox. */
function fileOf({ namespace }: Pick<Sandbox, 'namespace'>, spec: Record<string, unknown> = EXTERNAL): string {
  const file = join(directory, `${namespace}.json`);
  writeFileSync(file, JSON.stringify({ ...environment(spec), metadata: { name: 'chat', namespace } }));
  return file;
}

const up = (file: string, ...args: readonly string[]): Promise<Ended> =>
  tidegate(['up', file, '--kubeconfig', kubeconfig, ...args]);

/** What `--output json` tells, an event each. */
const events = ({ stdout }: Ended): readonly Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

async function versions(sandbox: Sandbox): Promise<string> {
  const kinds = 'sa,cm,netpol,pvc,svc,sts,deploy,pdb,hpa,ingress,secret';
  const path =
    '{range .items[*]}{.kind}/{.metadata.name}={.metadata.managedFields[?(@.operation=="Apply")].time} {end}';
  return sandbox.kubectl(['get', kinds, '-l', 'app.kubernetes.io/instance=chat', '-o', `jsonpath=${path}`]);
}

describe('GIVEN an environment that nobody has delivered', () => {
  let sandbox: Sandbox;
  let file: string;
  beforeAll(async () => {
    sandbox = await Sandbox.create(kubeconfig);
    file = fileOf(sandbox);
  });

  it('WHEN it would be brought up THEN what would be made is told, and nothing is there', async () => {
    const { status, stdout } = await up(file, '--dry-run');
    expect(status).toBe(0);
    expect(stdout).toMatch(/\+ Deployment [\w-]+\/chat-server\n/);
    expect(stdout).toMatch(/\n\d+ to create, 0 to change, 0 the same\n$/);
    expect(await sandbox.get('deployment', 'chat-server')).toBeUndefined();
    expect(await sandbox.get('secret', 'chat-token')).toBeUndefined();
  });

  it('WHEN it is not ready in time THEN each object that is not is told with its reason, and the shell sees 1', async () => {
    const { status, stdout, stderr } = await up(file, '--timeout', '3s');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('+ Secret chat-token\n');
    expect(stderr).toContain('! Secret stores is not there; somebody else has to create it\n');
    expect(stderr).toContain('+ Deployment chat-server\n');
    const last = stderr.trimEnd().split('\n').at(-1);
    expect(last).toMatch(
      /^tidegate: TG6008 Deployment \S+\/chat-server: 0 of 1 ready, 1 updated; Pod chat-server-\S+: It waits for a node\. /,
    );
  });

  it('WHEN it becomes ready THEN that is told with the address, and the shell sees 0', async () => {
    const ending = up(file, '--output', 'json');
    const healthy = waitFor('it to be ready', async () => {
      await sandbox.pretendHealthy();
      const { status } = await tidegate([
        'status',
        'chat',
        '-n',
        sandbox.namespace,
        '--kubeconfig',
        kubeconfig,
      ]);
      return status === 0 ? true : undefined;
    });
    const [ended] = await Promise.all([ending, healthy]);
    expect([ended.status, ended.stderr]).toEqual([0, '']);
    const [first, ...others] = events(ended);
    expect(first).toMatchObject({ event: 'delivered', did: 'missing', kind: 'Secret', name: 'stores' });
    expect(others.at(-1)).toEqual({
      event: 'end',
      namespace: sandbox.namespace,
      name: 'chat',
      ready: true,
      ...{ created: 0, changed: 0, deleted: 0 },
      urls: ['ws://chat.example.com'],
    });
  });

  it('WHEN nothing changed since THEN nothing is written, and it says so', async () => {
    const before = await versions(sandbox);
    const { status, stdout } = await up(file);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(
        / is ready: nothing was to be done, \d+ objects are as the spec says\nClients connect to ws:/,
      ),
    ]);
    expect(await versions(sandbox)).toBe(before);
  });

  it('WHEN the spec changes THEN what differs is written, edits are taken back, and what left the spec goes', async () => {
    await sandbox.kubectl(['label', 'service', 'chat-server', 'app.kubernetes.io/name=other', '--overwrite']);
    const route = { gateway: { name: 'public' } };
    const changed = fileOf(sandbox, { ...EXTERNAL, route });
    const kept = await up(changed, '--no-wait', '--no-prune', '--output', 'json');
    expect(events(kept).filter(({ did }) => did === 'deleted')).toEqual([]);
    expect(await sandbox.get('ingress', 'chat')).toBeDefined();
    const ended = await up(changed, '--no-wait', '--output', 'json');
    expect(ended.status).toBe(0);
    expect(events(kept).map(({ kind, did }) => `${kind} ${did}`)).toEqual(
      expect.arrayContaining(['Service changed', 'HTTPRoute created']),
    );
    expect(events(ended).filter(({ did }) => did === 'deleted')).toEqual([
      { event: 'delivered', kind: 'Ingress', namespace: sandbox.namespace, name: 'chat', did: 'deleted' },
    ]);
    expect(await sandbox.get('ingress', 'chat')).toBeUndefined();
  });

  it('WHEN somebody stops it THEN it says what goes on, and the shell sees 130', async () => {
    const args = ['src/cli/main.ts', 'up', file, '--kubeconfig', kubeconfig];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    for await (const line of createInterface({ input: child.stderr })) {
      lines.push(line);
      if (line.startsWith('waiting') || line.startsWith('stuck')) child.kill('SIGINT');
    }
    expect(await ended).toBe(130);
    expect(lines.at(-1)).toMatch(
      /^Interrupted: \d+ objects are not ready yet, and go on by themselves\. tidegate status chat -n \S+ shows how it does; tidegate up goes on$/,
    );
  });

  it('WHEN it is deleted THEN nothing is left', async () => {
    const args = ['delete', 'chat', '-n', sandbox.namespace, '--yes', '--kubeconfig', kubeconfig];
    expect((await tidegate(args)).status).toBe(0);
    expect(
      await sandbox.kubectl([
        'get',
        'deploy,svc,cm,ingress,httproute,secret',
        '-l',
        'app.kubernetes.io/instance=chat',
      ]),
    ).toBe('');
  });
});

describe('GIVEN an environment with data', () => {
  it('WHEN the store leaves the spec THEN its volume goes after the name is typed only', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    const retention = 'Delete';
    await up(fileOf(sandbox, { retention }), '--no-wait');
    const without = fileOf(sandbox, { ...EXTERNAL, retention });
    const refused = await up(without, '--no-wait');
    expect([refused.status, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('These are no longer in the spec and go, with their data: ');
    expect(refused.stderr).toContain('TG6006 chat: Nobody can be asked here.');
    expect((await up(without, '--no-wait', '--yes')).status).toBe(0);
    const left = await waitFor('its volumes to go', async () => {
      const names = (await sandbox.kubectl(['get', 'pvc', '-o', 'name'])).trim();
      return names === '' ? true : undefined;
    });
    expect(left).toBe(true);
  });

  it('WHEN it is to be kept THEN its volumes stay where the store leaves the spec', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    await up(fileOf(sandbox, {}), '--no-wait');
    expect((await up(fileOf(sandbox), '--no-wait')).status).toBe(0);
    expect(await sandbox.get('statefulset', 'chat-postgres')).toBeUndefined();
    expect(await sandbox.get('pvc', 'chat-postgres-data')).toBeDefined();
  });
});

describe('GIVEN objects of somebody else', () => {
  const tree = ({ namespace }: Sandbox, door: 'gitops' | 'operator') => ({
    apiVersion: 'v1',
    kind: 'List',
    items: owned(render(parse({ ...environment(EXTERNAL), metadata: { name: 'chat', namespace } })), door),
  });

  it('WHEN another front door delivers it THEN that is named, the shell sees 2, and nothing is written', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    await sandbox.kubectl(['apply', '--server-side', '-f', '-'], tree(sandbox, 'gitops'));
    const { status, stderr } = await up(fileOf(sandbox), '--no-wait');
    expect(status).toBe(2);
    expect(stderr).toContain(
      `tidegate: TG3001 Deployment ${sandbox.namespace}/chat-server: It belongs to tidegate-gitops. Deliver it from one front door only, or move it with tidegate adopt --to cli.\n`,
    );
    expect(await sandbox.get('secret', 'chat-token')).toBeUndefined();
    const [told] = events(await up(fileOf(sandbox), '--no-wait', '--output', 'json'));
    expect(told).toMatchObject({ event: 'end', ready: false });
    const errors = (told as { readonly errors?: readonly { code: string }[] }).errors ?? [];
    expect([...new Set(errors.map(({ code }) => code))]).toEqual(['TG3001']);
  });

  it('WHEN it is adopted THEN it is brought up from then on', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    const file = fileOf(sandbox);
    await sandbox.kubectl(['apply', '--server-side', '-f', '-'], tree(sandbox, 'gitops'));
    await tidegate(['adopt', file, '--to', 'cli', '--kubeconfig', kubeconfig]);
    const first = await up(file, '--no-wait', '--output', 'json');
    expect(first.status).toBe(0);
    // Nothing is different; they become this front door's, which their managed fields say.
    expect(events(first).at(-1)).toMatchObject({ created: 2, deleted: 0 });
    expect((await up(file, '--no-wait')).stdout).toContain('nothing was to be done');
  });

  it('WHEN the operator has it as a custom resource THEN that is named', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    await sandbox.apply();
    const { status, stderr } = await up(fileOf(sandbox), '--no-wait');
    expect([status, stderr]).toEqual([
      2,
      `tidegate: TG3001 RealtimeEnvironment ${sandbox.namespace}/chat: The operator delivers it. Change it with kubectl apply.\n`,
    ]);
  });

  it('WHEN somebody applies one of its fields as well THEN the field manager is named', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    const file = fileOf(sandbox);
    await up(file, '--no-wait');
    const labels = { 'app.kubernetes.io/component': 'mine' };
    await sandbox.kubectl(
      ['apply', '--server-side', '--force-conflicts', '--field-manager=colleague', '-f', '-'],
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'chat-server', labels },
      },
    );
    const { status, stderr } = await up(file, '--no-wait');
    expect([status, stderr]).toEqual([
      2,
      `tidegate: TG3001 Service ${sandbox.namespace}/chat-server: The field manager colleague applies it as well. Deliver it from one front door only.\n`,
    ]);
  });

  it('WHEN an object has the name only THEN it is left alone', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    await sandbox.kubectl(['create', 'service', 'clusterip', 'chat-server', '--tcp=80:80']);
    const { status, stderr } = await up(fileOf(sandbox), '--no-wait');
    expect([status, stderr]).toEqual([
      2,
      `tidegate: TG3001 Service ${sandbox.namespace}/chat-server: It is there already, and Tidegate did not make it. Rename the environment, or delete the object.\n`,
    ]);
  });
});

describe('GIVEN an application with migrations', () => {
  let sandbox: Sandbox;
  let file: string;
  const jobOf = async () =>
    (await sandbox.kubectl(['get', 'jobs', '-o', 'jsonpath={.items[*].metadata.name}'])).trim();
  beforeAll(async () => {
    sandbox = await Sandbox.create(kubeconfig);
    const migrations = { command: ['node', 'migrate.js'], deadlineSeconds: 20 };
    file = fileOf(sandbox, { ...EXTERNAL, migrations });
  });

  it('WHEN the Job fails THEN that is told, and servers are not changed', async () => {
    const { status, stderr } = await up(file, '--no-wait');
    const job = await jobOf();
    expect(stderr).toContain(`Job ${job} has to end first\n`);
    expect([status, stderr.trimEnd().split('\n').at(-1)]).toEqual([
      1,
      `tidegate: TG1470 Job ${sandbox.namespace}/${job}: Job was active longer than specified deadline. ` +
        'Correct the program and name its new image; or, to try once more, delete the Job.',
    ]);
    expect(await sandbox.get('deployment', 'chat-server')).toBeUndefined();
  });

  it('WHEN the Job ends well THEN servers are brought up', async () => {
    await sandbox.kubectl(['delete', 'job', await jobOf(), '--cascade=foreground']);
    const ending = up(file, '--no-wait');
    await waitFor('the Job to end', async () => {
      const pods = ['get', 'pods', '-l', `batch.kubernetes.io/job-name=${await jobOf()}`, '-o', 'name'];
      const [pod = ''] = (await sandbox.kubectl(pods)).trim().split('\n');
      if (pod === '') return undefined;
      const done = JSON.stringify({ status: { phase: 'Succeeded' } });
      await sandbox.kubectl(['patch', pod, '--subresource=status', '--type=merge', '-p', done]);
      return true;
    });
    expect((await ending).status).toBe(0);
    expect(await sandbox.get('deployment', 'chat-server')).toBeDefined();
  });
});

describe('GIVEN an extension with a Job of its own', () => {
  it('WHEN its environment is brought up THEN servers do not wait for that', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    const cdk8s = pathToFileURL(createRequire(import.meta.url).resolve('cdk8s')).href;
    const extension = join(directory, 'job.mjs');
    writeFileSync(
      extension,
      `import { ApiObject } from ${JSON.stringify(cdk8s)};
const containers = [{ name: 'smoke', image: 'smoke:1' }];
const spec = { template: { spec: { restartPolicy: 'Never', containers } } };
const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'chat-smoke' }, spec };
export default { extend: (_, scope) => void new ApiObject(scope, 'job', job) };
`,
    );
    const { status } = await up(fileOf(sandbox), '--no-wait', '--config', extension);
    expect(status).toBe(0);
    expect(await sandbox.get('deployment', 'chat-server')).toBeDefined();
    expect(await sandbox.get('job', 'chat-smoke')).toBeDefined();
  });
});

describe('GIVEN somebody who may write an environment and see no pods', () => {
  it('WHEN they bring it up THEN the right that is lacking is told', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    const rules = [...TREE_KINDS, { apiVersion: 'v1', plural: 'secrets' }].map(({ apiVersion, plural }) => ({
      apiGroups: [apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''],
      resources: [plural],
      verbs: ['*'],
    }));
    const file = await restricted(sandbox, rules, directory);
    const { status, stderr } = await tidegate(['up', fileOf(sandbox), '--kubeconfig', file]);
    const last = stderr.trimEnd().split('\n').at(-1);
    expect([status, last]).toEqual([
      1,
      expect.stringMatching(/^tidegate: TG3003 \S+\/chat: pods is forbidden: .* Ask for that right/),
    ]);
  });
});

describe('GIVEN data of a major version of Postgres', () => {
  it('WHEN the image is of another THEN nothing is written', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    await up(fileOf(sandbox, {}), '--no-wait');
    const path = 'jsonpath={.metadata.annotations.tidegate\\.dev/postgres-major}';
    const major = await sandbox.kubectl(['get', 'pvc', 'chat-postgres-data', '-o', path]);
    const image = `docker.io/library/postgres:${Number(major) + 1}`;
    const { status, stderr } = await up(
      fileOf(sandbox, { postgres: { standalone: { image } } }),
      '--no-wait',
    );
    expect([status, stderr]).toEqual([
      2,
      `tidegate: TG1469 PersistentVolumeClaim ${sandbox.namespace}/chat-postgres-data: PersistentVolumeClaim chat-postgres-data holds data of Postgres ${major}, and the image is of Postgres ${Number(major) + 1}. Follow docs/runbooks/upgrade-postgres.md, or go back to the image of before.\n`,
    ]);
  });
});

describe('GIVEN an object that is being deleted', () => {
  it('WHEN its environment is brought up THEN nothing is written until it is gone', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    const file = fileOf(sandbox);
    await up(file, '--no-wait');
    const held = (finalizers: readonly string[] | null) =>
      sandbox.kubectl([
        'patch',
        'service',
        'chat-server',
        '--type=merge',
        '-p',
        JSON.stringify({ metadata: { finalizers } }),
      ]);
    await held(['example.com/held']);
    await sandbox.kubectl(['delete', 'service', 'chat-server', '--wait=false']);
    const { status, stderr } = await up(file, '--no-wait');
    expect([status, stderr]).toEqual([
      2,
      `tidegate: TG6009 Service ${sandbox.namespace}/chat-server: It is on its way out, and would go once it was applied. Try again when it is gone; tidegate delete waits for that.\n`,
    ]);
    await held(null);
    const again = await waitFor('the Service to go', async () => {
      const ended = await up(file, '--no-wait', '--output', 'json');
      return ended.status === 0 ? ended : undefined;
    });
    expect(events(again).filter(({ event }) => event === 'delivered')).toEqual([
      expect.objectContaining({ kind: 'Secret', did: 'missing' }),
      expect.objectContaining({ kind: 'Secret', did: 'missing' }),
      expect.objectContaining({ kind: 'Service', did: 'created' }),
    ]);
  });
});

describe('GIVEN a cluster without the namespace', () => {
  it('WHEN it is brought up THEN it says so, and creates it when asked', async () => {
    const sandbox = new Sandbox(kubeconfig);
    const file = fileOf(sandbox);
    const { status, stderr } = await up(file, '--no-wait');
    expect([status, stderr]).toEqual([
      2,
      `tidegate: TG5002 ${sandbox.namespace}: The cluster has no such namespace. Create it with kubectl create namespace, then try again.\n`,
    ]);
    expect((await up(file, '--no-wait', '--create-namespace')).status).toBe(0);
  });
});

describe('GIVEN several environments', () => {
  it.each([
    [
      [],
      'TG6007: There are chat-dev/dev, chat-preview/preview, chat-production/production, chat-staging/staging.',
    ],
    [['-e', 'produktion'], 'TG5003 produktion: No file describes it; the nearest is production.'],
  ])('WHEN one is meant by %j THEN it says what there is, and the shell sees 2', async (args, told) => {
    const { status, stderr } = await up('environments', ...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`tidegate: ${told}`)]);
  });
});
