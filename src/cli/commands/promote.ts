import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { commit, ensureCommitted, promotion } from '../../delivery/gitops/index.ts';
import { unifiedDiff } from '../../delivery/line-change.ts';
import { TidegateError } from '../../spec/index.ts';
import { painted } from '../signs.ts';

interface PromoteOptions {
  readonly environments: string;
  readonly dryRun: boolean;
  readonly commit: boolean;
}

/** `tidegate promote`: has one environment run the version of another, in its file; shows how that changes. */
export function promote(source: string, target: string, options: PromoteOptions): void {
  const { file, before, after, image, version, from, to } = promotion(source, target, options.environments);
  if (after === before) {
    console.log(`${file} has ${image} already`);
    return;
  }
  if (options.commit) ensureCommitted(file);
  process.stdout.write(inColour(unifiedDiff(relative('', file), before, after)));
  if (options.dryRun) return;
  write(file, after);
  if (!options.commit) return;
  const message = `Promote ${from} to ${to}: ${version}`;
  console.log(`${commit(file, message)} ${message}`);
}

function inColour(diff: string): string {
  const colour = (line: string) => {
    const sign = line[0];
    return (sign === '+' || sign === '-') && !/^(---|\+\+\+) /.test(line) ? painted(sign, line) : line;
  };
  return diff.split('\n').map(colour).join('\n');
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw TidegateError.of('TG6003', file, `It cannot be written (${code})`);
  }
}
