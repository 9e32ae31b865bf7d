import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** A real Redis or Postgres on a port of its own, for as long as a test needs it. */
export interface StoreProcess {
  readonly port: number;
  /** Starts it, with the data it had; resolves when it answers. */
  start(): Promise<void>;
  /** Stops it; clients lose their connections. */
  stop(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** A loopback port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The account that runs stores when the tests run as root, which neither Postgres nor good sense allows. */
export const STORE_ACCOUNT = 'postgres';

/** Starts a program as an account without privileges; its output is dropped. */
export function spawnUnprivileged(program: string, args: readonly string[]): ChildProcess {
  const command = asAccount([program, ...args]);
  return spawn(command[0] ?? program, command.slice(1), { stdio: 'ignore' });
}

/** The command, with the change of account that it needs before it. */
export function asAccount(command: readonly string[]): readonly string[] {
  if (process.getuid?.() !== 0) return command;
  return [
    'setpriv',
    `--reuid=${STORE_ACCOUNT}`,
    `--regid=${STORE_ACCOUNT}`,
    '--init-groups',
    '--',
    ...command,
  ];
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once('exit', resolve));
}
