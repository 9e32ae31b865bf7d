/**
 * `node test/fuzz/main.ts [--quick]`, of which `--help` tells the rest.
 *
 * Attacks the bundled server on loopback: conversations with every fault RFC 6455 names, each answer checked, then rounds
 * of connections that are opened and dropped. Prints what was found and how the server's memory went.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { waitFor } from '../cluster/wait-for.ts';
import { ServerProcess } from '../integration/server/server-process.ts';
import { openAndDrop } from './churn.ts';
import { MOST_BYTES } from './frames.ts';
import { fuzz } from './fuzz.ts';
import { metric, residentMegabytes, settledMegabytes } from './server-under-test.ts';

/**
 * How much more than before may be resident when all have gone. Code that was compiled and tables that have grown stay; but
 * half a kilobyte left of each of 100,000 connections would be more than this.
 */
const MOST_GROWTH = 1.1;

const options = new Command('fuzz')
  .description('Attack the bundled server on loopback')
  .option('--frames <number>', 'frames that break the protocol', Number, 1_000_000)
  .option('--seed <number>', 'of what is random, to repeat a run', Number, 1)
  .option('--rounds <number>', 'how often connections are opened and dropped', Number, 10)
  .option('--connections <number>', 'connections in each round', Number, 10_000)
  .option('--quick', 'in seconds: 20,000 frames, two rounds of 2,000 connections, and memory not judged')
  .parse()
  .opts<{ frames: number; seed: number; rounds: number; connections: number; quick?: true }>();
const { frames, seed, rounds, connections } = options.quick
  ? { ...options, frames: 20_000, rounds: 2, connections: 2_000 }
  : options;

async function empty(url: string): Promise<void> {
  await waitFor(
    'the connections to be gone',
    async () => (await metric(url, 'tidegate_connections')) === 0 || undefined,
  );
}

const directory = mkdtempSync(join(tmpdir(), 'tidegate-fuzz-'));
const server = await ServerProcess.start(['serve'], {
  TIDEGATE_DATA_DIRECTORY: directory,
  TIDEGATE_LIMITS_MESSAGE_BYTES: String(MOST_BYTES),
  TIDEGATE_LIMITS_CONNECTIONS: String(connections + 100),
  // As fast as they come.
  TIDEGATE_LIMITS_READ_MESSAGES_PER_SECOND: '0',
});
try {
  await server.whenReady();
  const pid = server.child.pid ?? 0;
  const port = Number(new URL(server.url).port);
  const report = await fuzz({ port, path: '/ws', frames, seed });
  console.log(
    `${report.frames} frames in ${report.conversations} conversations, ${report.wrong.length} wrong answers`,
  );
  for (const line of report.wrong) console.log(`  ${line}`);
  await empty(server.url);
  let failed = report.wrong.length > 0;
  const before = options.quick ? residentMegabytes(pid) : await settledMegabytes(pid);
  console.log(`memory before the rounds: ${before.toFixed(0)} MB`);
  for (let round = 1; round <= rounds; round += 1) {
    await openAndDrop(port, connections);
    await empty(server.url);
    console.log(
      `memory right after round ${round} of ${connections} connections: ${residentMegabytes(pid).toFixed(0)} MB`,
    );
  }
  if (!options.quick) {
    const after = await settledMegabytes(pid);
    const returned = after <= before * MOST_GROWTH;
    failed ||= !returned;
    console.log(`memory half a minute later: ${after.toFixed(0)} MB, ${returned ? 'which is' : 'NOT'} back`);
  }
  process.exitCode = failed ? 1 : 0;
} finally {
  await server.kill();
  rmSync(directory, { recursive: true, force: true });
}
