import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { waitFor } from '../../../cluster/wait-for.ts';
import { ended, freePort, type StoreProcess, spawnUnprivileged } from './store-process.ts';

/** A Redis without persistence; it forgets everything when it is stopped. */
export async function redis(password: string): Promise<StoreProcess> {
  const port = await freePort();
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
      const settings = ['--save', '', '--appendonly', 'no', '--requirepass', password, '--dir', '/tmp'];
      child = spawnUnprivileged('redis-server', ['--bind', '127.0.0.1', '--port', String(port), ...settings]);
      await waitFor('Redis to listen', () => listens(port), { seconds: 20, everyMilliseconds: 20 });
    },
    stop,
    remove: stop,
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
