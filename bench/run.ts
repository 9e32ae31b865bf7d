/**
 * `node bench/run.ts [workload…]`: the bundled server beside others, in one run, with one load generator, a core each.
 * `--help` lists what can be chosen.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { Contender } from './contender.ts';
import { CONTENDERS } from './contenders.ts';
import { type About, thisMachine } from './machine.ts';
import { measure, type Run } from './measure.ts';
import { summarize, type WorkloadResult } from './report.ts';
import { asText, introduction, LEGEND } from './text.ts';
import type { Workload } from './workload.ts';
import { WORKLOADS } from './workloads.ts';

const program = new Command('bench')
  .description('Compare the bundled server with others')
  .addArgument(new Argument('[workloads...]', 'all by default').choices(WORKLOADS.map(({ name }) => name)))
  .addOption(new Option('--only <names...>', 'contenders to run').choices(CONTENDERS.map(({ name }) => name)))
  .option('--runs <number>', 'runs of each, of which the median is told', positive, 3)
  .option('--seconds <number>', 'time that each run measures', positive, 4)
  .addOption(
    new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'),
  );

program.parse();
const { only, runs, seconds, output } = program.opts<{
  only?: string[];
  runs: number;
  seconds: number;
  output: 'text' | 'json';
}>();
const names = program.args;
const contenders = CONTENDERS.filter(({ name }) => only === undefined || only.includes(name));
const workloads = WORKLOADS.filter(({ name }) => names.length === 0 || names.includes(name));

needed();
const about: About = {
  command: ['node bench/run.ts', ...process.argv.slice(2).map(quoted)].join(' '),
  date: new Date().toISOString().slice(0, 10),
  machine: thisMachine(),
  versions: Object.fromEntries(contenders.map((contender) => [contender.name, contender.version()])),
  runs,
  seconds,
};
if (output === 'text') console.log(`${introduction(about)}\n`);

const results: WorkloadResult[] = [];
for (const workload of workloads) {
  const result = summarize(workload, await rounds(workload));
  results.push(result);
  if (output === 'text') console.log(`${asText(workload, result)}\n`);
}
console.log(output === 'text' ? LEGEND : JSON.stringify({ ...about, workloads: results }, undefined, 2));

/**
 * Each contender once, then each once more: what else happens on the machine then meets all of them alike. One that fails
 * is left out, and the command then fails at its end.
 */
async function rounds(workload: Workload): Promise<Map<Contender, Run[]>> {
  const able = contenders.filter(
    ({ clients, replicates }) =>
      clients[workload.activity] !== undefined && (workload.replicas === undefined || replicates),
  );
  const all = new Map<Contender, Run[]>(able.map((contender) => [contender, []]));
  for (let round = 1; round <= runs; round += 1) {
    for (const [contender, its] of all) {
      console.error(`· ${workload.name}: ${contender.name}, run ${round} of ${runs}`);
      try {
        its.push(await measure(workload, contender, seconds));
      } catch (error) {
        console.error(
          `${workload.name}: ${contender.name} failed: ${error instanceof Error ? error.message : error}`,
        );
        all.delete(contender);
        process.exitCode = 1;
      }
    }
  }
  return all;
}

/** Says what is missing, and installs what can be; its progress must not stand in the JSON. */
function needed(): void {
  if (process.platform !== 'linux' || cpus().length < 2) {
    console.error('The benchmark needs Linux and two cores: one for the server, one for the clients');
    process.exit(1);
  }
  const install = [join(import.meta.dirname, 'install.ts'), ...contenders.map(({ name }) => name)];
  const { status } = spawnSync(process.execPath, install, { stdio: ['ignore', 2, 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}

/** As a shell takes it. */
function quoted(argument: string): string {
  return /^[\w=.,-]+$/.test(argument) ? argument : `'${argument}'`;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Must be a number above 0');
  return value;
}
