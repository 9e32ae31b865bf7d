import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import acme from '../../../examples/extension/tidegate.config.ts';
import type { Manifest } from '../../../src/constructs/index.ts';
import { readEnvironments } from '../../../src/delivery/environment-files.ts';
import { folderOf } from '../../../src/delivery/gitops/index.ts';
import { command } from '../../cluster/command.ts';
import { installPackage } from '../../installed-package.ts';
import { type PulumiProject, pulumiProject } from '../pulumi/pulumi-project.ts';
import { rendered } from './helm-cli.ts';

const MAIN = resolve('src/cli/main.ts');
const root = mkdtempSync(join(tmpdir(), 'tidegate-extension-'));
const project = join(root, 'acme');

const tidegate = (...args: readonly string[]) => command(process.execPath, [MAIN, ...args], { cwd: project });

beforeAll(() => {
  cpSync('examples/extension', project, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  installPackage(project, 'cdk8s', 'constructs');
  writeFileSync(join(project, '.git'), 'gitdir: elsewhere\n');
});
afterAll(() => rmSync(root, { recursive: true }));

/** The folder as it is rendered in this process. */
function expected(): ReadonlyMap<string, string> {
  const [environment] = readEnvironments([join(project, 'environments')], acme.rules);
  if (environment === undefined) throw new Error('The example has no environment');
  return folderOf(environment, acme);
}

describe("GIVEN the example of a company's extension, with the package installed", () => {
  it('WHEN environments are written for Git THEN the extension above them is found, and in the files', async () => {
    expect(await tidegate('validate', 'environments')).toBe('chat-prod/chat is right\n');
    expect(await tidegate('synth', 'environments', '--out', 'out')).toBe('out/chat\n');
    const written = readdirSync(join(project, 'out/chat')).map(
      (name) => [name, readFileSync(join(project, 'out/chat', name), 'utf8')] as const,
    );
    expect(new Map(written)).toEqual(new Map([...expected()].sort()));
    expect(written.map(([name]) => name)).toContain('probe-chat-availability.yaml');
  });

  it('WHEN cdk8s runs that THEN it writes the same', async () => {
    const cdk8s = resolve('node_modules/.bin/cdk8s');
    const app = `${process.execPath} ${MAIN} synth environments`;
    await command(cdk8s, ['synth', '--app', app, '--output', 'cdk8s-out'], { cwd: project });
    const [file, text] = [...expected()][0] ?? [];
    expect(readFileSync(join(project, 'cdk8s-out/chat', String(file)), 'utf8')).toBe(text);
    expect(readdirSync(join(project, 'cdk8s-out/chat')).sort()).toEqual([...expected().keys()].sort());
  });

  it('WHEN a spec breaks its rule THEN the command says so as of any other rule', async () => {
    const file = join(project, 'wrong.yaml');
    const text = readFileSync(join(project, 'environments/chat.yaml'), 'utf8');
    writeFileSync(file, text.replace('registry.acme.example', 'docker.io'));
    await expect(tidegate('validate', 'wrong.yaml')).rejects.toThrow(
      'tidegate: ACME1001 wrong.yaml: spec.server.image: Clusters of Acme pull images from its own registry alone. ' +
        'Push the image to registry.acme.example/ and name it there.',
    );
    expect(await tidegate('validate', 'wrong.yaml', '--no-config')).toBe('chat-prod/chat is right\n');
  });

  it('WHEN its own tests run THEN they pass', async () => {
    const output = await command(process.execPath, ['--test', '--test-reporter=tap'], { cwd: project });
    expect(output).toMatch(/^# pass 3$/m);
    expect(output).toMatch(/^# fail 0$/m);
  });

  it('WHEN the chart gets the values that are printed for it THEN the operator runs it, with the rights it needs', async () => {
    const values = parseYaml(await tidegate('operator', 'values', '--config', 'tidegate.config.ts'));
    const objects = parseAllDocuments(await rendered({ ...values, watchNamespace: 'chat' })).map(
      (document) => document.toJSON() as Manifest & Record<string, never>,
    );
    const find = (kind: string) => JSON.stringify(objects.find((one) => one.kind === kind));
    expect(find('Deployment')).toContain(
      '"args":["operator","run","--watch-namespace=chat","--config=tidegate.config.ts"]',
    );
    expect(find('Role')).toContain(
      '{"apiGroups":["monitoring.coreos.com"],"resources":["probes"],"verbs":["get","list","watch","create","patch","delete"]}',
    );
  });

  it('WHEN the operator is given an extension that is not there THEN it ends before it prunes anything', async () => {
    await expect(tidegate('operator', 'run', '--config', 'missing.ts')).rejects.toThrow('TG1420 missing.ts');
  });
});

describe("GIVEN the example's environment for a stack of Pulumi's real engine", () => {
  let pulumi: PulumiProject;
  beforeAll(async () => {
    pulumi = await pulumiProject(inject('kubeconfig'));
    await pulumi.pulumi('stack', 'init', 'dev');
  });
  afterAll(() => pulumi.remove());

  it('WHEN it is previewed THEN the extension beside it is in the plan, object by object', async () => {
    const file = join(project, 'environments/chat.yaml');
    await pulumi.pulumi('config', 'set', 'tidegate:environment', file, '--stack', 'dev');
    const { steps } = JSON.parse(await pulumi.pulumi('preview', '--json', '--stack', 'dev')) as {
      steps: readonly { readonly newState: { readonly type: string; readonly inputs: Manifest } }[];
    };
    const inputs = steps
      .filter(({ newState }) => newState.type.startsWith('kubernetes:'))
      .map(({ newState }) => newState.inputs);
    const names = inputs
      .filter(({ kind }) => kind !== 'Secret')
      .map(({ kind, metadata }) => `${kind}-${metadata.name}`);
    const files = [...expected().keys()].filter((name) => name !== 'kustomization.yaml');
    expect(names.map((name) => `${name.toLowerCase()}.yaml`).sort()).toEqual(files.sort());
    expect(
      new Set(
        inputs.map(
          ({ kind, metadata }) => kind === 'Secret' || metadata.labels?.['acme.example/cost-centre'],
        ),
      ),
    ).toEqual(new Set([true, '4711']));
  });
});
