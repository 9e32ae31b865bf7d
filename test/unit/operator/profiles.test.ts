import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthServer } from '../../../src/operator/runtime/health-server.ts';
import { Metrics } from '../../../src/operator/runtime/metrics.ts';

let server: HealthServer;
beforeEach(async () => {
  server = new HealthServer([], new Metrics());
  await server.listen(0);
});
afterEach(() => server.close());

async function get(path: string, headers: Record<string, string> = {}) {
  const [response] = await once(
    request({ host: '127.0.0.1', port: server.port, path, headers }).end(),
    'response',
  );
  return { status: response.statusCode as number, body: await text(response) };
}

describe('GIVEN a health server', () => {
  it('WHEN a profile of the CPU is asked for on the machine THEN it names functions', async () => {
    const { status, body } = await get('/debug/pprof/profile?seconds=0.05');
    expect(status).toBe(200);
    expect(Object.keys(JSON.parse(body))).toEqual(expect.arrayContaining(['nodes', 'samples', 'timeDeltas']));
  });

  it('WHEN a profile of the heap is asked for THEN it holds sizes by function and no value', async () => {
    const secret = `canary-${Math.random()}`;
    const asked = get('/debug/pprof/heap?seconds=0.05');
    const kept = Array.from({ length: 100_000 }, (_, index) => `${secret}-${index}`);
    const { status, body } = await asked;
    expect(kept).toHaveLength(100_000);
    expect(status).toBe(200);
    expect(JSON.parse(body).head.callFrame.functionName).toBe('(root)');
    expect(body).not.toContain(secret);
  });

  it('WHEN two are asked for at once THEN the second is refused', async () => {
    const answers = await Promise.all([1, 2].map(() => get('/debug/pprof/profile?seconds=0.1')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it.each<[string, string, Record<string, string>, number]>([
    ['for a host of another name', '', { host: 'operator.tidegate-system' }, 403],
    ['by a proxy for somebody else', '', { 'x-forwarded-for': '10.0.0.1' }, 403],
    ['for too long', '?seconds=3600', {}, 400],
    ['for no time', '?seconds=none', {}, 400],
  ])('WHEN one is asked for %s THEN it is refused', async (_what, query, headers, status) => {
    expect((await get(`/debug/pprof/heap${query}`, headers)).status).toBe(status);
  });
});
