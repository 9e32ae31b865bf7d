import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { failuresIn, lastLines, type VitestResults } from './failures.ts';

/** One kind of check. */
export interface Stage {
  readonly name: string;
  /** Commands of the stage, run in turn; the first that fails ends it. */
  readonly commands: readonly (readonly string[])[];
  /** A Vitest project, whose tests are counted one by one; other stages count as one check. */
  readonly project?: string;
  /** What the machine lacks for it: a line each, with what to do. */
  readonly lacks?: () => Promise<readonly string[]>;
}

export interface Outcome {
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed and why, a few lines each: a log that is cut in the middle still ends with them. */
  readonly failures: readonly string[];
}

/** Marks lines of a test that tell of progress; they are shown as they come. */
const PROGRESS = '· ';

export async function runStage(stage: Stage, { ci }: { ci: boolean }): Promise<Outcome> {
  const started = performance.now();
  const lacks = (await stage.lacks?.()) ?? [];
  if (lacks.length > 0) {
    report(ci ? 'FAILED' : 'skipped', stage.name, started, ci ? 'cannot run here, and CI skips nothing' : '');
    for (const lack of lacks) console.log(`         ${lack}`);
    const failures = ci ? [`${stage.name}: cannot run here`] : [];
    return { ok: !ci, passed: 0, failed: ci ? 1 : 0, skipped: ci ? 0 : 1, failures };
  }
  const resultFile = `dist/test/${stage.name}.json`;
  mkdirSync('dist/test', { recursive: true });
  rmSync(resultFile, { force: true });
  const output: string[] = [];
  let exitCode = 0;
  for (const command of commandsOf(stage, resultFile)) {
    exitCode = await run(command, output);
    if (exitCode !== 0) break;
  }
  const outcome =
    stage.project === undefined
      ? single(stage.name, exitCode, output)
      : counted(stage.project, exitCode, resultFile, ci, output);
  const detail = stage.project === undefined ? '' : `${outcome.passed} passed, ${outcome.failed} failed`;
  report(outcome.ok ? 'ok' : 'FAILED', stage.name, started, detail);
  if (!outcome.ok) console.log(output.join('\n'));
  return outcome;
}

function commandsOf(stage: Stage, resultFile: string): readonly (readonly string[])[] {
  if (stage.project === undefined) return stage.commands;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`];
  return [...stage.commands, ['vitest', 'run', '--project', stage.project, ...reporters]];
}

function single(name: string, exitCode: number, output: readonly string[]): Outcome {
  if (exitCode === 0) return { ok: true, passed: 1, failed: 0, skipped: 0, failures: [] };
  return { ok: false, passed: 0, failed: 1, skipped: 0, failures: [lastLines(name, output)] };
}

/** A run that ended badly before it counted is one failure. */
function counted(
  name: string,
  exitCode: number,
  resultFile: string,
  ci: boolean,
  output: readonly string[],
): Outcome {
  let results: VitestResults;
  try {
    results = JSON.parse(readFileSync(resultFile, 'utf8'));
  } catch {
    return { ok: false, passed: 0, failed: 1, skipped: 0, failures: [lastLines(name, output)] };
  }
  const skipped = results.numPendingTests + results.numTodoTests;
  const none = results.numPassedTests === 0;
  const ok = exitCode === 0 && !none && !(ci && skipped > 0);
  const told = failuresIn(results);
  return {
    ok,
    passed: results.numPassedTests,
    failed: ok ? 0 : Math.max(1, results.numFailedTests),
    skipped,
    failures: ok || told.length > 0 ? told : [lastLines(name, output)],
  };
}

function report(result: string, name: string, started: number, detail: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${result.padEnd(8)} ${name.padEnd(12)} ${seconds.padStart(6)} s  ${detail}`.trimEnd());
}

/** Runs a command, keeping its output for the case that it fails and showing its progress lines at once. */
function run(command: readonly string[], output: string[]): Promise<number> {
  const [program = '', ...args] = command;
  // Kept output is read in a log, where colours are noise.
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      if (line.startsWith(PROGRESS)) console.log(`         ${line}`);
    });
  }
  const stop = (signal: NodeJS.Signals) => child.kill(signal);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      output.push(String(error));
      resolve(127);
    });
    child.on('close', (code) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve(code ?? 1);
    });
  });
}
