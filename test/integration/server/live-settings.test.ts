import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadSettings, type RunningServer } from '../../../src/server/index.ts';
import type { SettingsInput } from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { HandshakeRefused, TestClient } from './client.ts';
import { startReplica } from './replica.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-settings-'));
const file = join(directory, 'settings.yaml');
let server: RunningServer;
let first: TestClient;

const write = (settings: SettingsInput) => writeFileSync(file, stringify(settings));
const connect = () => TestClient.connect(`${server.address.url}/ws`);
/** The status of a handshake; one that is let in ends again. */
async function handshake(): Promise<number> {
  try {
    const client = await connect();
    await client.close();
    return 101;
  } catch (error) {
    if (error instanceof HandshakeRefused) return error.status;
    throw error;
  }
}
const becomes = (status: number) =>
  waitFor(`handshakes to get ${status}`, async () => ((await handshake()) === status ? true : undefined));

beforeAll(async () => {
  write({ limits: { connections: 1 } });
  server = await startReplica({}, { TIDEGATE_SETTINGS_FILE: file });
  first = await connect();
});
afterAll(async () => {
  await server.drain();
  rmSync(directory, { recursive: true });
});

describe('GIVEN a server with one client and a settings file', () => {
  it('WHEN more may connect THEN they may without a restart', async () => {
    expect(await handshake()).toBe(503);
    write({ limits: { connections: 2 } });
    await becomes(101);
  });

  it('WHEN an address may have one connection THEN those that come from then on are counted', async () => {
    write({ limits: { connections: 3, connectionsPerIp: 1 } });
    const second = await waitFor('a place that is counted', async () => {
      const client = await connect();
      if ((await handshake()) === 429) return client;
      await client.close();
      return undefined;
    });
    await second.close();
  });

  it('WHEN an address may not come in THEN it is refused, and probes are not', async () => {
    write({ addresses: { deny: ['127.0.0.1'] } });
    await becomes(403);
    expect((await fetch(`${server.address.url}/healthz`)).status).toBe(200);
  });

  it('WHEN nothing is set any more THEN defaults count, and the first client is still there', async () => {
    write({});
    await becomes(101);
    first.send('still here');
    await first.waitForCount(1);
    expect(first.texts).toEqual(['still here']);
  });

  it('WHEN the file is broken THEN what was read last holds', async () => {
    const since = async () => {
      const text = await (await fetch(`${server.address.url}/metrics`)).text();
      return /^tidegate_setting_read_timestamp_seconds\{setting="limits\.connections"\} (\d.*)$/m.exec(
        text,
      )?.[1];
    };
    const before = await since();
    writeFileSync(file, 'limits: { connections: none }');
    expect(() => loadSettings({ file, env: {} })).toThrow('TG2001 limits.connections');
    expect(await handshake()).toBe(101);
    expect(await since()).toBe(before);
    expect(before).toBeDefined();
  });
});
