import { connect } from '../../src/delivery/cluster/connect.ts';
import { ApiClient } from '../../src/operator/api/api-client.ts';
import type { KubeObject } from '../../src/operator/api/kube-object.ts';
import { type Kind, pathOf } from '../../src/operator/kinds.ts';
import type { EnvironmentStatus } from '../../src/spec/index.ts';
import { Sandbox, startOperator } from '../../test/integration/operator/sandbox.ts';
import { environment } from '../../test/unit/environment.ts';
import { ENVIRONMENT, type Proof } from './proof.ts';

const SERVICE: Kind = { apiVersion: 'v1', kind: 'Service', plural: 'services' };
const LABEL = 'app.kubernetes.io/name';

export const latency: Proof = {
  name: 'latency',
  goal: 'p99: created to applied < 500 ms, drift to reverted < 1 s, changed to applied < 500 ms',
  async run(apiServer, { rounds }) {
    const sandbox = await Sandbox.create(apiServer.kubeconfig);
    const client = new ApiClient(await connect(apiServer));
    const operator = await startOperator(sandbox);
    const { namespace } = sandbox;
    // It leads and is warm before times count.
    await sandbox.apply({}, 'warm');
    await sandbox.condition('Degraded', { status: 'False' }, 'warm');
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
    ) => {
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
    const created: number[] = [];
    const reverted: number[] = [];
    const changed: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const name = `chat-${round}`;
      const body = { ...environment(), metadata: { name, namespace } };
      const path = pathOf(ENVIRONMENT, namespace);
      created.push(await time(ENVIRONMENT, () => client.json({ method: 'POST', path, body }), isObserved));
      reverted.push(
        await time(
          SERVICE,
          () => patch(SERVICE, `${name}-server`, { metadata: { labels: { [LABEL]: 'drifted' } } }),
          ({ metadata }) => metadata.labels?.[LABEL] !== 'drifted',
        ),
      );
      changed.push(
        await time(
          ENVIRONMENT,
          () => patch(ENVIRONMENT, name, { spec: { config: { GREETING: 'hello' } } }),
          isObserved,
        ),
      );
    }
    await operator.stop();
    client.close();
    return {
      lines: [
        `created to applied: ${percentiles(created)}`,
        `drift to reverted: ${percentiles(reverted)}`,
        `changed to applied: ${percentiles(changed)}`,
      ],
      met: percentile(created, 99) < 500 && percentile(reverted, 99) < 1_000 && percentile(changed, 99) < 500,
    };
  },
};

function isObserved({ metadata, status }: KubeObject): boolean {
  return (status as EnvironmentStatus | undefined)?.observedGeneration === metadata.generation;
}

function percentiles(times: readonly number[]): string {
  return `p50 ${Math.round(percentile(times, 50))} ms, p99 ${Math.round(percentile(times, 99))} ms of ${times.length}`;
}

function percentile(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN;
}
