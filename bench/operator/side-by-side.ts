/**
 * `node bench/operator/side-by-side.ts [runtime…]`: the same small operator on Tidegate's runtime, on controller-runtime and
 * on kopf, one after another against one real API server.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { applyCustomResources } from '../../test/cluster/custom-resources.ts';
import { percentile } from '../../test/integration/operator/latency-run.ts';
import { startApiServer } from '../../test/integration/operator/restartable-api-server.ts';
import { Sandbox } from '../../test/integration/operator/sandbox.ts';
import { thisMachine } from '../machine.ts';
import { accountIn } from './account.ts';
import { Calls, difference } from './calls.ts';
import { CONTENDERS, type Contender } from './contenders/contenders.ts';
import { GREETINGS, Greetings } from './greetings.ts';

const ACCOUNT = 'operator';
/** Creations under way at a time in the burst. */
const AT_ONCE = 20;

interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly rssMB: number;
  readonly calls: number;
  readonly byCall: ReadonlyMap<string, number>;
}

const program = new Command('bench/operator/side-by-side')
  .description('The same small operator on several runtimes')
  .addArgument(new Argument('[runtimes...]', 'all by default').choices(CONTENDERS.map(({ name }) => name)))
  .option('--greetings <number>', 'objects that are created at once', whole, 500)
  .option('--rounds <number>', 'objects that are created one after another', whole, 100)
  .parse();
const size = program.opts<{ greetings: number; rounds: number }>();
const { cpu, cores, memoryGB, kernel } = thisMachine();
console.log(
  ['node bench/operator/side-by-side.ts', ...process.argv.slice(2)].join(' '),
  `\n${new Date().toISOString().slice(0, 10)}, ${cpu}, ${cores} cores, ${memoryGB} GB, Linux ${kernel}`,
);

const directory = mkdtempSync(join(tmpdir(), 'tidegate-side-by-side-'));
const results = new Map<Contender, Figures>();
for (const contender of CONTENDERS) {
  if (program.args.length > 0 && !program.args.includes(contender.name)) continue;
  await contender.install();
  results.set(contender, await measured(contender));
}
rmSync(directory, { recursive: true });
print();

/** Each has an API server of its own, so that none is slowed by what another has left. */
async function measured(contender: Contender): Promise<Figures> {
  const calls = new Calls(directory);
  // Of an option that is given twice, the last counts.
  const apiServer = await startApiServer(calls.args);
  await applyCustomResources(apiServer.kubeconfig, [], GREETINGS);
  const sandbox = await Sandbox.create(apiServer.kubeconfig);
  const { namespace } = sandbox;
  const kubeconfig = await accountIn(directory, sandbox, ACCOUNT);
  const { program: file, args, env } = contender.command({ kubeconfig, namespace });
  const output = openSync(join(directory, `${contender.name}.log`), 'w');
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
  const greetings = await Greetings.in({ kubeconfig: apiServer.kubeconfig, namespace });
  try {
    await Promise.race([greetings.create('warm'), ended(child, contender)]);
    const times: number[] = [];
    for (let round = 0; round < size.rounds; round += 1) times.push(await greetings.create(`one-${round}`));
    const before = { calls: calls.of(namespace, ACCOUNT), cpuMs: cpuMs(child.pid), at: performance.now() };
    await inTurns(size.greetings, AT_ONCE, (index) => greetings.create(`burst-${index}`));
    const seconds = (performance.now() - before.at) / 1_000;
    const spent = cpuMs(child.pid) - before.cpuMs;
    const byCall = difference(before.calls, calls.of(namespace, ACCOUNT));
    return {
      p50: percentile(times, 50),
      p99: percentile(times, 99),
      perSecond: size.greetings / seconds,
      cpuMs: spent / size.greetings,
      rssMB: rssMB(child.pid),
      calls: [...byCall.values()].reduce((sum, count) => sum + count, 0) / size.greetings,
      byCall,
    };
  } finally {
    greetings.close();
    child.kill('SIGKILL');
    await apiServer.stop();
  }
}

async function ended(child: ReturnType<typeof spawn>, { name }: Contender): Promise<never> {
  await once(child, 'exit');
  throw new Error(`${name} ended:\n${readFileSync(join(directory, `${name}.log`), 'utf8').slice(-2_000)}`);
}

async function inTurns(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Processor time of a process with all its threads. */
function cpuMs(pid = 0): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const TICK_MS = 10;
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function rssMB(pid = 0): number {
  const [, kB] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kB) / 1_024;
}

function print(): void {
  const [own] = results.values();
  const ratio = (value: number, base: number | undefined) =>
    base === undefined || base === 0 ? '' : ` (${(value / base).toFixed(2)}×)`;
  console.log(
    `\n${size.rounds} one after another, then ${size.greetings}, ${AT_ONCE} at a time. × of the first.\n`,
  );
  console.log('| runtime | created to applied p50 | p99 | applied/s | CPU each | resident | calls each |');
  console.log('|---|---|---|---|---|---|---|');
  for (const [contender, { p50, p99, perSecond, cpuMs: spent, rssMB: rss, calls }] of results) {
    const cells = [
      `${contender.name} ${contender.version()}`,
      `${p50.toFixed(0)} ms${ratio(p50, own?.p50)}`,
      `${p99.toFixed(0)} ms${ratio(p99, own?.p99)}`,
      `${perSecond.toFixed(0)}${ratio(perSecond, own?.perSecond)}`,
      `${spent.toFixed(1)} ms${ratio(spent, own?.cpuMs)}`,
      `${rss.toFixed(0)} MB${ratio(rss, own?.rssMB)}`,
      `${calls.toFixed(1)}${ratio(calls, own?.calls)}`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  for (const [{ name }, { byCall }] of results) {
    console.log(`\n${name}: ${[...byCall].map(([what, count]) => `${count} ${what}`).join(', ')}`);
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Must be a whole number above 0');
  return value;
}
