import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, type RunningServer, startServer } from '../../../src/server/index.ts';
import type { SettingsInput } from '../../../src/spec/index.ts';

/** A server in this process, on a free port unless one is given and with a data directory of its own; logs nothing but failures. */
export async function startReplica(
  settings: SettingsInput = {},
  env: Readonly<Record<string, string>> = {},
  port = 0,
): Promise<RunningServer> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'tidegate-data-'));
  const overrides = { source: 'the test', settings: { logLevel: 'fatal', dataDirectory, ...settings } };
  const read = () => loadSettings({ env, overrides });
  const server = await startServer({ ...read(), port }, { reread: read });
  return {
    ...server,
    async drain() {
      await server.drain();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}
