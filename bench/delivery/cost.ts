import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandOptions, command } from '../../test/cluster/command.ts';

/** What a process took, as GNU time tells it. */
export interface Cost {
  readonly seconds: number;
  /** Of its own and of its children. */
  readonly cpuSeconds: number;
  /** The greatest of its own and of any child. */
  readonly megabytes: number;
}

export type Contender = () => Promise<Cost>;

/** Runs a program to its end. */
export async function costOf(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Cost> {
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-cost-'));
  const file = join(directory, 'cost');
  try {
    await command('/usr/bin/time', ['-f', '%e %U %S %M', '-o', file, program, ...args], options);
    const [seconds = 0, user = 0, system = 0, kilobytes = 0] = readFileSync(file, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    return { seconds, cpuSeconds: user + system, megabytes: kilobytes / 1024 };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * Each contender once to warm the caches of the disk, then all in turns, so that what else happens on the machine meets all
 * of them; medians.
 */
export async function inTurns<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, Contender>>,
): Promise<Readonly<Record<Name, Cost>>> {
  const names = Object.keys(contenders) as Name[];
  const costs = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Cost[]>;
  for (const name of names) await contenders[name]();
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) costs[name].push(await contenders[name]());
  }
  return Object.fromEntries(names.map((name) => [name, medians(costs[name])])) as Record<Name, Cost>;
}

function medians(costs: readonly Cost[]): Cost {
  return {
    seconds: median(costs.map(({ seconds }) => seconds)),
    cpuSeconds: median(costs.map(({ cpuSeconds }) => cpuSeconds)),
    megabytes: median(costs.map(({ megabytes }) => megabytes)),
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function asLine(name: string, { seconds, cpuSeconds, megabytes }: Cost): string {
  return `${name.padEnd(24)} ${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of CPU, ${megabytes.toFixed(0)} MB`;
}

/** By the clock and by the CPU, which holds on a busy machine as well. */
export function asRatio(what: string, ours: Cost, theirs: Cost): string {
  const times = (a: number, b: number) => (a / b).toFixed(2);
  const [clock, cpu] = [times(ours.seconds, theirs.seconds), times(ours.cpuSeconds, theirs.cpuSeconds)];
  return `${what}: ${clock} by the clock, ${cpu} by the CPU`;
}
