import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../../cluster/wait-for.ts';
import { ended, freePort, type StoreProcess, spawnUnprivileged } from './store-process.ts';

/** A Redis. Unless it `keeps` what it has acknowledged (AOF), it forgets everything when it is stopped. */
export async function redis(password: string, { keeps = false } = {}): Promise<StoreProcess> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-redis-'));
  // It runs as another user.
  chmodSync(directory, 0o777);
  let child: ChildProcess | undefined;

  async function stop(): Promise<void> {
    if (child === undefined) return;
    child.kill('SIGKILL');
    await ended(child);
    child = undefined;
  }

  return {
    port,
    async start() {
      const persistence = ['--save', '', '--appendonly', keeps ? 'yes' : 'no', '--dir', directory];
      const settings = ['--bind', '127.0.0.1', '--port', String(port), '--requirepass', password];
      child = spawnUnprivileged('redis-server', [...settings, ...persistence]);
      await waitFor('Redis to listen', () => listens(port), { seconds: 20, everyMilliseconds: 20 });
    },
    stop,
    async remove() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function listens(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(undefined));
  });
}
