import { afterEach, describe, expect, it } from 'vitest';
import { HealthServer } from '../../../src/operator/runtime/health-server.ts';
import { Metrics } from '../../../src/operator/runtime/metrics.ts';

const watching = (plural: string, stalledMs: number, synced: boolean) => ({
  kind: { apiVersion: 'v1', kind: plural, plural },
  stalledMs,
  synced,
});

let server: HealthServer;
afterEach(() => server.close());

async function get(path: string): Promise<readonly [number, string]> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return [response.status, await response.text()];
}

describe('GIVEN a health server', () => {
  it('WHEN every watch goes on and every cache is in THEN it is healthy and ready', async () => {
    server = new HealthServer([watching('secrets', 59_000, true)], new Metrics());
    await server.listen(0);
    expect(await get('/healthz')).toEqual([200, 'ok\n']);
    expect(await get('/readyz')).toEqual([200, 'ok\n']);
    expect((await get('/nonsense'))[0]).toBe(404);
  });

  it('WHEN a watch has made no progress for a minute, or a cache is not in THEN it says which', async () => {
    const reflectors = [watching('services', 0, false), watching('secrets', 61_000, true)];
    server = new HealthServer(reflectors, new Metrics());
    await server.listen(0);
    expect(await get('/healthz')).toEqual([503, 'No watch progress: secrets\n']);
    expect(await get('/readyz')).toEqual([503, 'Not synced: services\n']);
  });

  it('WHEN its port is taken THEN it says so', async () => {
    server = new HealthServer([], new Metrics());
    await server.listen(0);
    const other = new HealthServer([], new Metrics());
    await expect(other.listen(server.port)).rejects.toThrow(
      `TG2003 --health-port: Port ${server.port} is in use`,
    );
  });
});
