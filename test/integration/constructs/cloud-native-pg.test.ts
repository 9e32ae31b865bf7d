import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Manifest, render, TREE_KINDS } from '../../../src/constructs/index.ts';
import { ApiClient } from '../../../src/operator/api/api-client.ts';
import { pathOf } from '../../../src/operator/kinds.ts';
import { parse } from '../../../src/spec/index.ts';
import { applyCustomResources, cloudNativePG } from '../../cluster/custom-resources.ts';
import { kubectlFor } from '../../cluster/kubectl.ts';
import { environment } from '../../unit/environment.ts';

const kubeconfig = inject('kubeconfig');
const key = (name: string) => ({ name: 'store', key: name });
const backup = {
  schedule: '15 3 * * *',
  s3: { bucket: 'backups', credentials: { accessKeyId: key('id'), secretAccessKey: key('key') } },
};

let api: ApiClient;
beforeAll(async () => {
  await applyCustomResources(kubeconfig, await cloudNativePG());
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  api = new ApiClient(config);
});
afterAll(async () => {
  api.close();
  const files = (await cloudNativePG()).map((file) => `--filename=${file}`);
  await (await kubectlFor(kubeconfig))(['delete', ...files]);
});

/** What the API server makes of an object, keeping nothing. */
async function strictly(object: Manifest): Promise<Manifest | string> {
  const kind = TREE_KINDS.find((one) => one.kind === object.kind && one.apiVersion === object.apiVersion);
  if (kind === undefined) throw new Error(`No kind ${object.kind}`);
  return api
    .json<Manifest>({
      method: 'POST',
      path: pathOf(kind, 'default'),
      query: { dryRun: 'All', fieldValidation: 'Strict' },
      body: { ...object, metadata: { ...object.metadata, namespace: 'default' } },
    })
    .catch(String);
}

describe("GIVEN the custom resources of CloudNativePG's release", () => {
  it.each([
    ['nothing but a cluster', {}, ['Cluster/chat-postgres']],
    [
      'a pooler and backups',
      { instances: 2, storage: '50Gi', storageClassName: 'fast', pooler: {}, backup },
      ['Cluster/chat-postgres', 'Pooler/chat-postgres-pooler', 'ScheduledBackup/chat-postgres'],
    ],
  ])('WHEN an environment has %s THEN the API server takes each object, strictly', async (_, spec, names) => {
    const objects = render(parse(environment({ postgres: { cloudNativePG: spec } }))).filter(
      ({ apiVersion }) => apiVersion === 'postgresql.cnpg.io/v1',
    );
    const taken = await Promise.all(objects.map(strictly));
    expect(taken.map((one) => (typeof one === 'string' ? one : `${one.kind}/${one.metadata.name}`))).toEqual(
      names,
    );
  });
});
