/** The operator of greetings on Tidegate's runtime: a ConfigMap, a Service and a Deployment each, and a status. */
import { createHash } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import type { Manifest } from '../../../../src/constructs/index.ts';
import { ApiClient } from '../../../../src/operator/api/api-client.ts';
import { type KubeObject, keyOf } from '../../../../src/operator/api/kube-object.ts';
import type { Desired } from '../../../../src/operator/environment/desired.ts';
import { isAsApplied } from '../../../../src/operator/environment/drift.ts';
import { FencedApi } from '../../../../src/operator/environment/fenced-api.ts';
import { APPLIED_HASH, FIELD_MANAGER } from '../../../../src/operator/environment/marks.ts';
import { type Kind, pathOf } from '../../../../src/operator/kinds.ts';
import { Controller, type Turn } from '../../../../src/operator/runtime/controller.ts';
import { LeaderElection } from '../../../../src/operator/runtime/leader-election.ts';
import { Metrics } from '../../../../src/operator/runtime/metrics.ts';
import { Reflector } from '../../../../src/operator/runtime/reflector.ts';
import { untilStopped } from '../../../../src/operator/runtime/until-stopped.ts';

interface Greeting extends KubeObject {
  readonly spec: { readonly text: string };
  readonly status?: { readonly observedGeneration?: number };
}

const GREETING: Kind = { apiVersion: 'bench.tidegate.dev/v1', kind: 'Greeting', plural: 'greetings' };
const CHILDREN: readonly Kind[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
  { apiVersion: 'v1', kind: 'Service', plural: 'services' },
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
];

const [kubeconfig = '', namespace = ''] = process.argv.slice(2);
const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const log = pino();
const metrics = new Metrics();
const client = new ApiClient(config);
const common = { client, namespace, log, metrics };
const greetings = new Reflector({ ...common, kind: GREETING });
const children = CHILDREN.map((kind) => new Reflector({ ...common, kind }));

await untilStopped(async (stop) => {
  const controller = new Controller({
    name: 'greeting',
    watches: greetings,
    owns: children,
    reconcile,
    log,
    metrics,
  });
  const election = new LeaderElection({
    client: new ApiClient(config),
    namespace,
    name: 'greetings',
    identity: String(process.pid),
    log,
    metrics,
  });
  for (const reflector of [greetings, ...children]) void reflector.run(stop);
  await election.run((term) => controller.work(term, stop), stop);
});

async function reconcile({ key, term }: Turn): Promise<undefined> {
  const greeting = greetings.store.get(key) as Greeting | undefined;
  if (greeting === undefined) return;
  const api = new FencedApi(client, term);
  await Promise.all(objectsOf(greeting).map((object) => apply(api, object)));
  const { name, generation } = greeting.metadata;
  if (greeting.status?.observedGeneration === generation) return;
  const written = await api.json<KubeObject>({
    method: 'PATCH',
    path: pathOf(GREETING, namespace, name, 'status'),
    contentType: 'application/merge-patch+json',
    body: { status: { observedGeneration: generation } },
  });
  greetings.store.put(written);
}

async function apply(api: FencedApi, object: Desired): Promise<void> {
  const cache = children.find(({ kind }) => kind.kind === object.kind) as Reflector;
  const live = cache.store.get(keyOf(object));
  if (live !== undefined && isAsApplied(object, live)) return;
  const written = await api.json<KubeObject>({
    method: 'PATCH',
    path: pathOf(cache.kind, namespace, object.metadata.name),
    query: { fieldManager: FIELD_MANAGER, force: true },
    contentType: 'application/apply-patch+yaml',
    body: object,
  });
  cache.store.put(written);
}

function objectsOf({ metadata, spec: { text } }: Greeting): readonly Desired[] {
  const { name, uid = '' } = metadata;
  const labels = { app: name };
  const container = { name: 'greeter', image: 'greeter:1', env: [{ name: 'TEXT', value: text }] };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  const contents: Readonly<Record<string, object>> = {
    ConfigMap: { data: { text } },
    Service: { spec: { selector: labels, ports: [{ name: 'http', port: 80 }] } },
    Deployment: { spec: { selector: { matchLabels: labels }, template } },
  };
  const { apiVersion, kind } = GREETING;
  return CHILDREN.map((child) => {
    const content = contents[child.kind];
    const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
    return {
      apiVersion: child.apiVersion,
      kind: child.kind,
      metadata: {
        name,
        namespace,
        annotations: { [APPLIED_HASH]: hash },
        ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }],
      },
      ...content,
    } as Manifest as Desired;
  });
}
