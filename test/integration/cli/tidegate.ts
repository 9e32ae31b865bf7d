import { spawn } from 'node:child_process';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line to its end, whatever that is. */
export async function tidegate(args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(process.execPath, ['src/cli/main.ts', ...args], { stdio: 'pipe' });
  const ended = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      ended[name] += text;
    });
  }
  child.stdin.on('error', () => {}).end(input);
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, ...ended };
}
