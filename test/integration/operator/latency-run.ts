import { connect } from '../../../src/delivery/cluster/connect.ts';
import { ApiClient } from '../../../src/operator/api/api-client.ts';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { type Kind, pathOf } from '../../../src/operator/kinds.ts';
import type { EnvironmentStatus } from '../../../src/spec/index.ts';
import { environment } from '../../unit/environment.ts';
import type { RestartableApiServer } from './restartable-api-server.ts';
import { Sandbox, startOperator } from './sandbox.ts';

export const ENVIRONMENT: Kind = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'RealtimeEnvironment',
  plural: 'realtimeenvironments',
};
const SERVICE: Kind = { apiVersion: 'v1', kind: 'Service', plural: 'services' };
const LABEL = 'app.kubernetes.io/name';

/** Milliseconds, one of each a round. */
export interface Latencies {
  readonly created: readonly number[];
  readonly reverted: readonly number[];
  readonly changed: readonly number[];
}

/** Creates environments one after another, edits an object of each, changes its spec, and times how soon all is applied. */
export async function latencies(apiServer: RestartableApiServer, rounds: number): Promise<Latencies> {
  const sandbox = await Sandbox.create(apiServer.kubeconfig);
  const client = new ApiClient(await connect(apiServer));
  const operator = await startOperator(sandbox);
  const { namespace } = sandbox;
  // It leads and is warm before times count.
  await sandbox.apply({}, 'warm');
  await sandbox.condition('Applied', { status: 'True' }, 'warm');
  const patch = (kind: Kind, name: string, body: unknown) =>
    client.json<KubeObject>({
      method: 'PATCH',
      path: pathOf(kind, namespace, name),
      contentType: 'application/merge-patch+json',
      body,
    });
  /** From before something is done until the API server has the object as it should be. */
  const time = async (
    kind: Kind,
    act: () => Promise<KubeObject>,
    done: (object: KubeObject) => boolean,
  ): Promise<number> => {
    const started = performance.now();
    const { metadata } = await act();
    const events = client.lines<{ object: KubeObject }>({
      path: pathOf(kind, namespace),
      query: {
        watch: true,
        resourceVersion: metadata.resourceVersion,
        fieldSelector: `metadata.name=${metadata.name}`,
      },
      deadlineMs: 60_000,
    });
    for await (const { object } of events) if (done(object)) break;
    return performance.now() - started;
  };
  const times = { created: [] as number[], reverted: [] as number[], changed: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const name = `chat-${round}`;
    const body = { ...environment(), metadata: { name, namespace } };
    const path = pathOf(ENVIRONMENT, namespace);
    times.created.push(await time(ENVIRONMENT, () => client.json({ method: 'POST', path, body }), isApplied));
    times.reverted.push(
      await time(
        SERVICE,
        () => patch(SERVICE, `${name}-server`, { metadata: { labels: { [LABEL]: 'drifted' } } }),
        ({ metadata }) => metadata.labels?.[LABEL] !== 'drifted',
      ),
    );
    const change = { spec: { config: { GREETING: 'hello' } } };
    times.changed.push(await time(ENVIRONMENT, () => patch(ENVIRONMENT, name, change), isApplied));
  }
  await operator.stop();
  client.close();
  return times;
}

/** Whether every object of an environment is as its newest spec says; one that failed counts against it. */
export function isApplied({ metadata, status }: KubeObject): boolean {
  const { conditions = [] } = (status as EnvironmentStatus | undefined) ?? {};
  return conditions.some(
    ({ type, status: holds, observedGeneration }) =>
      type === 'Applied' && holds === 'True' && observedGeneration === metadata.generation,
  );
}

/** The time that so many percent of times are no longer than. */
export function percentile(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN;
}
