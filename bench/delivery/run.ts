/**
 * `node bench/delivery/run.ts [work…]`: what rendering, writing and previewing environments costs, beside others that do the
 * same. `--help` lists what can be chosen.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { thisMachine } from '../machine.ts';
import { cold } from './cold.ts';
import { many } from './many.ts';
import { preview } from './preview.ts';
import { size as installedSize } from './size.ts';
import { warm } from './warm.ts';
import type { Size } from './work.ts';

const WORKS = [warm, cold, many, preview, installedSize];

const program = new Command('bench/delivery')
  .description('Measure what it costs to deliver environments; `npm run build` comes first')
  .addArgument(new Argument('[works...]', 'all by default').choices(WORKS.map(({ name }) => name)))
  .option('--environments <number>', 'environments of many', whole, 1_000)
  .option('--runs <number>', 'runs of each, of which the median is told', whole, 5);

program.parse();
const size = program.opts<Size>();
const { cpu, cores, kernel } = thisMachine();
console.log(['node bench/delivery/run.ts', ...process.argv.slice(2)].join(' '));
console.log(`${new Date().toISOString().slice(0, 10)}, ${cpu}, ${cores} cores, Linux ${kernel}`);
console.log(`Load before: ${loadavg()[0]?.toFixed(1)}; above 1 other work has lowered figures by the clock`);

for (const work of WORKS) {
  if (program.args.length > 0 && !program.args.includes(work.name)) continue;
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-delivery-'));
  try {
    const { lines, met } = await work.run(size, directory);
    console.log(
      [`\n${work.name}, ${met ? 'met' : 'missed'}: ${work.goal}`, ...lines.map((line) => `  ${line}`)].join(
        '\n',
      ),
    );
    if (!met) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Must be a whole number above 0');
  return value;
}
