import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../../../src/operator/api/api-client.ts';
import { FencedApi } from '../../../src/operator/environment/fenced-api.ts';
import { LeaderElection } from '../../../src/operator/runtime/leader-election.ts';
import { Metrics } from '../../../src/operator/runtime/metrics.ts';
import type { Term } from '../../../src/operator/runtime/term.ts';
import { type Answer, FakeApiServer, json, refusal, stream } from './fake-api-server.ts';

const TIMING = { leaseMs: 1_000, renewDeadlineMs: 500, retryMs: 20 };
const SILENCE = stream([], 'hold');

let server: FakeApiServer;
let client: ApiClient;
let stop: AbortController;

beforeEach(async () => {
  server = await FakeApiServer.start();
  client = new ApiClient(server.config);
  stop = new AbortController();
});
afterEach(async () => {
  client.close();
  await server.close();
});

const lease = (holderIdentity: string, resourceVersion: string): Answer =>
  json(200, {
    metadata: { name: 'lease', resourceVersion },
    spec: { holderIdentity, leaseDurationSeconds: 1, leaseTransitions: 0 },
  });

/** Leads until the term is over, and tells what happened. */
async function leadUntilLost(): Promise<{
  readonly term: Term;
  readonly led: number;
  readonly ledMs: number;
}> {
  const election = new LeaderElection({
    client,
    namespace: 'ns',
    name: 'lease',
    identity: 'me',
    log: pino({ level: 'silent' }),
    metrics: new Metrics(),
    timing: TIMING,
  });
  const won = Promise.withResolvers<Term>();
  let began = 0;
  const running = election.run(async (term) => {
    began = performance.now();
    await new Promise((resolve) => term.lost.addEventListener('abort', resolve, { once: true }));
    stop.abort();
    won.resolve(term);
  }, stop.signal);
  const term = await won.promise;
  const ledMs = performance.now() - began;
  await running;
  return { term, led: began, ledMs };
}

describe('GIVEN a lease that another holds', () => {
  it.each(['2001-01-01T00:00:00.000000Z', '2099-01-01T00:00:00.000000Z'])(
    'WHEN it was renewed at %s by a clock that is wrong THEN it is free once it was seen unchanged for its duration',
    async (renewTime) => {
      const spec = { holderIdentity: 'another', leaseDurationSeconds: 0.3, renewTime };
      const held = json(200, { metadata: { name: 'lease', resourceVersion: '1' }, spec });
      const claims = [lease('me', '2'), SILENCE];
      const answer: Answer = (response, url) =>
        (response.req.method === 'GET' ? held : claims.shift())?.(response, url);
      server.script({ lists: [answer], watches: [] });
      const started = performance.now();
      const { led } = await leadUntilLost();
      expect(led - started).toBeGreaterThanOrEqual(300);
      expect(led - started).toBeLessThan(2_000);
    },
  );
});

describe('GIVEN a leader', () => {
  it('WHEN it cannot renew its lease THEN it stops before the lease expires for others, and writes no more', async () => {
    server.script({ lists: [refusal(404), lease('me', '1'), SILENCE], watches: [] });
    const { term, ledMs } = await leadUntilLost();
    expect(ledMs).toBeLessThan(TIMING.leaseMs);
    expect(term.held()).toBe(false);

    const asked = server.asked.length;
    const fenced = new FencedApi(client, term);
    await expect(fenced.json({ method: 'PATCH', path: '/x', body: {} })).rejects.toThrow(
      'The lease is lost; nothing is written',
    );
    expect(server.asked).toHaveLength(asked);
  });

  it('WHEN another holds its lease THEN it stops at once', async () => {
    server.script({
      lists: [refusal(404), lease('me', '1'), refusal(409), lease('another', '2')],
      watches: [],
    });
    const { ledMs } = await leadUntilLost();
    expect(ledMs).toBeLessThan(TIMING.renewDeadlineMs);
  });

  it('WHEN a renewal conflicts but the lease is still its own THEN it goes on', async () => {
    server.script({
      lists: [refusal(404), lease('me', '1'), refusal(409), lease('me', '2'), lease('me', '3'), SILENCE],
      watches: [],
    });
    const { ledMs } = await leadUntilLost();
    expect(ledMs).toBeGreaterThanOrEqual(TIMING.renewDeadlineMs);
  });
});
