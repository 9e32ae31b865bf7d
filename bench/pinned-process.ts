import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { waitFor } from '../test/cluster/wait-for.ts';
import { ended } from '../test/integration/server/stores/store-process.ts';
import type { ServerCommand } from './contender.ts';

/** A server that runs on one core, as do all its threads. */
export interface PinnedProcess {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a server on a core and waits until it welcomes clients. What it prints goes to a file of the directory. */
export async function startPinned(
  { program, args, env, readyPath }: ServerCommand,
  { core, port, directory }: { readonly core: number; readonly port: number; readonly directory: string },
): Promise<PinnedProcess> {
  const log = join(directory, 'output.log');
  const output = openSync(log, 'w');
  const child = spawn('taskset', ['--cpu-list', String(core), program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const gone = ended(child);
  const stop = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  const failed = gone.then(() => Promise.reject(new Error('The process ended')));
  try {
    const ready = waitFor('the server to be ready', () => isReady(port, readyPath), {
      everyMilliseconds: 50,
    });
    await Promise.race([ready, failed]);
  } catch (error) {
    await stop();
    const end = readFileSync(log, 'utf8').slice(-2_000);
    throw new Error(`${program} ${args.join(' ')} does not serve:\n${end}`, { cause: error });
  }
  failed.catch(() => {});
  return { pid: child.pid ?? 0, port, stop };
}

async function isReady(port: number, path: string | undefined): Promise<true | undefined> {
  if (path === undefined) return isOpen(port);
  const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
  return response?.ok === true ? true : undefined;
}

function isOpen(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(undefined));
  });
}
