import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Manifest, render, TREE_KINDS } from '../../../src/constructs/index.ts';
import { ApiClient } from '../../../src/operator/api/api-client.ts';
import { pathOf } from '../../../src/operator/kinds.ts';
import { type EnvironmentInput, parse } from '../../../src/spec/index.ts';
import { treeOf, withAmounts, withoutEmpty } from '../../unit/delivery/parity/additions.ts';
import { FRONT_DOORS } from '../../unit/delivery/parity/front-doors.ts';
import { validEnvironment } from '../../unit/spec/arbitrary.ts';
import { type PulumiProject, pulumiProject } from '../pulumi/pulumi-project.ts';

/** Others are tried by the variable. What the provider shows in a form of its own is found out one by one. */
const SEED = Number(process.env.TIDEGATE_TEST_SEED ?? 1);
const kubeconfig = inject('kubeconfig');

describe('GIVEN the objects of random environments', () => {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = new ApiClient(config);
  let served: ReadonlySet<string>;

  beforeAll(async () => {
    const { groups } = await api.json<ApiGroups>({ path: '/apis' });
    const versions = groups
      .filter(({ name }) => name !== COMES_AND_GOES)
      .flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion));
    served = new Set(['v1', ...versions]);
  });
  afterAll(() => api.close());

  /** What the API server has against an object, keeping nothing. */
  async function refusal(object: Manifest): Promise<readonly string[]> {
    const { apiVersion, kind, metadata } = object;
    const known = TREE_KINDS.find((one) => one.apiVersion === apiVersion && one.kind === kind);
    if (known === undefined) return [`${kind} is not among the operator's kinds`];
    try {
      await api.json({
        method: 'PATCH',
        path: pathOf(known, metadata.namespace, metadata.name),
        query: { dryRun: 'All', fieldValidation: 'Strict', fieldManager: 'parity', force: true },
        contentType: 'application/apply-patch+yaml',
        body: object,
      });
      return [];
    } catch (error) {
      return [`${kind}/${metadata.name}: ${error}`];
    }
  }

  it('WHEN each is applied strictly in a dry run THEN the API server takes it', async () => {
    const documents = fc.sample(validEnvironment, { numRuns: 60, seed: SEED });
    // Kinds of others whose custom resources are not installed here have tests of their own.
    const objects = documents
      .flatMap((document) => render(parse(document)))
      .filter(({ apiVersion }) => served.has(apiVersion));
    const queue = objects.values();
    const refused: string[] = [];
    const ask = async () => {
      for (const object of queue) refused.push(...(await refusal(object)));
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, ask));
    expect({ seed: SEED, refused }).toEqual({ seed: SEED, refused: [] });
    const kinds = TREE_KINDS.filter(({ apiVersion }) => served.has(apiVersion)).map(({ kind }) => kind);
    expect(new Set(objects.map(({ kind }) => kind))).toEqual(new Set(kinds));
  });
});

interface ApiGroups {
  readonly groups: readonly {
    readonly name: string;
    readonly versions: readonly { readonly groupVersion: string }[];
  }[];
}

const CONCURRENCY = 8;
/** The tests of observability install it for themselves, on the same API server, and hold its kinds to it. */
const COMES_AND_GOES = 'monitoring.coreos.com';

const PROGRAM = `
import { readFileSync } from 'node:fs';
import { RealtimeEnvironment } from './src/delivery/pulumi/index.ts';

for (const [index, document] of JSON.parse(readFileSync('environments.json', 'utf8')).entries()) {
  new RealtimeEnvironment(String(index), document);
}
`;

interface Step {
  readonly newState: { readonly urn: string; readonly type: string; readonly inputs: Manifest };
}

describe("GIVEN twenty random environments in a program of Pulumi's real engine", () => {
  let project: PulumiProject;
  beforeAll(async () => {
    project = await pulumiProject(kubeconfig, PROGRAM);
    await project.pulumi('stack', 'init', 'dev');
  });
  afterAll(() => project.remove());

  it('WHEN it is previewed THEN what the provider would create is the tree of the files', {
    timeout: 240_000,
  }, async () => {
    const documents: readonly EnvironmentInput[] = fc
      .sample(validEnvironment, { numRuns: 20, seed: SEED })
      .map((one, index) => ({ ...one, metadata: { ...one.metadata, name: `parity-${index}` } }));
    writeFileSync(join(project.directory, 'environments.json'), JSON.stringify(documents));
    const { steps } = JSON.parse(await project.pulumi('preview', '--json', '--stack', 'dev')) as {
      steps: readonly Step[];
    };
    for (const [index, document] of documents.entries()) {
      const environment = parse(document);
      const planned = steps
        .map(({ newState }) => newState)
        .filter(({ type, urn }) => type.startsWith('kubernetes:') && urn.includes(`::${index}/`))
        .map(({ inputs }) => inputs);
      const files = treeOf('gitops', environment, await FRONT_DOORS.gitops(document));
      expect(
        withAmounts(withoutEmpty(treeOf('pulumi', environment, planned))),
        `seed ${SEED}, environment ${index}`,
      ).toEqual(withAmounts(withoutEmpty(files)));
    }
  });
});
