import { latencies, percentile } from '../../test/integration/operator/latency-run.ts';
import type { Proof } from './proof.ts';

export const latency: Proof = {
  name: 'latency',
  goal: 'p99: created to applied < 500 ms, drift to reverted < 1 s, changed to applied < 500 ms',
  async run(apiServer, { rounds }) {
    const { created, reverted, changed } = await latencies(apiServer, rounds);
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

function percentiles(times: readonly number[]): string {
  return `p50 ${Math.round(percentile(times, 50))} ms, p99 ${Math.round(percentile(times, 99))} ms of ${times.length}`;
}
