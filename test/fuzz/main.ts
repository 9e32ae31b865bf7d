/**
 * `node test/fuzz/main.ts [--frames 1000000] [--seed 1] [--rounds 10] [--connections 10000]`
 *
 * Attacks the bundled server on loopback: conversations with every fault RFC 6455 names, each answer checked, then rounds
 * of connections that are opened and dropped. Prints what was found and how the server's memory went.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { waitFor } from '../cluster/wait-for.ts';
import { ServerProcess } from '../integration/server/server-process.ts';
import { openAndDrop } from './churn.ts';
import { MOST_BYTES } from './frames.ts';
import { fuzz } from './fuzz.ts';
import { metric, residentMegabytes } from './server-under-test.ts';

const number = (value: string) => ({ type: 'string' as const, default: value });
const { values } = parseArgs({
  options: {
    frames: number('1000000'),
    seed: number('1'),
    rounds: number('10'),
    connections: number('10000'),
  },
});

const directory = mkdtempSync(join(tmpdir(), 'tidegate-fuzz-'));
const server = await ServerProcess.start(['serve'], {
  TIDEGATE_DATA_DIRECTORY: directory,
  TIDEGATE_LIMITS_MESSAGE_BYTES: String(MOST_BYTES),
  TIDEGATE_LIMITS_CONNECTIONS: String(Number(values.connections) + 100),
});
try {
  await server.whenReady();
  const pid = server.child.pid ?? 0;
  const port = Number(new URL(server.url).port);
  const report = await fuzz({ port, path: '/ws', frames: Number(values.frames), seed: Number(values.seed) });
  console.log(
    `${report.frames} frames in ${report.conversations} conversations, ${report.wrong.length} wrong answers`,
  );
  for (const line of report.wrong) console.log(`  ${line}`);
  await waitFor(
    'the connections to be gone',
    async () => (await metric(server.url, 'tidegate_connections')) === 0 || undefined,
  );
  console.log(`memory after the frames: ${residentMegabytes(pid).toFixed(0)} MB`);
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    await openAndDrop(port, Number(values.connections));
    await waitFor(
      'the connections to be gone',
      async () => (await metric(server.url, 'tidegate_connections')) === 0 || undefined,
    );
    console.log(
      `memory after round ${round} of ${values.connections} connections: ${residentMegabytes(pid).toFixed(0)} MB`,
    );
  }
  process.exitCode = report.wrong.length === 0 ? 0 : 1;
} finally {
  await server.kill();
  rmSync(directory, { recursive: true, force: true });
}
