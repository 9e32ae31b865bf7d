import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../../cluster/command.ts';
import { installPackage } from '../../installed-package.ts';
import { TestClient } from './client.ts';
import { ServerProcess } from './server-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-example-'));
const app = join(directory, 'app');
const processes: ServerProcess[] = [];

beforeAll(() => {
  cpSync('examples/app', app, { recursive: true, filter: (path) => !path.includes('node_modules') });
  installPackage(app, 'zod');
});
afterAll(async () => {
  await Promise.all(processes.map((server) => server.kill()));
  rmSync(directory, { recursive: true });
});

describe("GIVEN the example of a team's application, with the package installed", () => {
  it('WHEN it is served THEN its bids are in the database, beside the bundled endpoints', async () => {
    const env = { TIDEGATE_DATA_DIRECTORY: join(directory, 'data') };
    const server = await ServerProcess.start(['serve', join(app, 'app.ts')], env);
    processes.push(server);
    await server.whenReady();
    const bidder = await TestClient.connect(`${server.url}/auctions/vase?bidder=ann`);
    for (const amount of [100, 90]) bidder.send(JSON.stringify({ amount }));
    await bidder.waitForCount(2);
    expect(bidder.events).toEqual([{ bidder: 'ann', amount: 100 }, { tooLow: 90 }]);
    const best = await fetch(`${server.url}/auctions/vase/best`);
    expect(await best.json()).toEqual({ bidder: 'ann', amount: 100 });
    await (await TestClient.connect(`${server.url}/chat/lobby`)).close();
  });

  it('WHEN its own tests run THEN they pass', async () => {
    const output = await command(process.execPath, ['--test', '--test-reporter=tap'], { cwd: app });
    expect(output).toMatch(/^# pass 3$/m);
    expect(output).toMatch(/^# fail 0$/m);
  });
});
