import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../../cluster/wait-for.ts';
import { ended, freePort, type StoreProcess, spawnUnprivileged } from './store-process.ts';

/** Without `always` Redis answers up to two seconds before what it answers is in its log. */
const KEEPING = ['--appendonly', 'yes', '--appendfsync', 'always'];

interface RedisOptions {
  /** Whether it keeps what it has acknowledged (AOF); otherwise it forgets everything when it is stopped. */
  readonly keeps?: boolean;
  /** A redis.conf that says so instead, by the directory it may use. */
  readonly config?: (directory: string) => string;
}

/** A Redis that can hang as well: it takes connections, and answers nothing. */
export interface RedisProcess extends StoreProcess {
  freeze(): void;
  thaw(): void;
}

/** A Redis on a port of its own. */
export function redis(password: string, { keeps = false, config }: RedisOptions = {}): Promise<RedisProcess> {
  return redisServer((directory) => {
    const login = ['--requirepass', password];
    if (config === undefined) {
      return ['--save', '', '--dir', directory, ...login, ...(keeps ? KEEPING : ['--appendonly', 'no'])];
    }
    const file = join(directory, 'redis.conf');
    writeFileSync(file, config(directory), { mode: 0o644 });
    return [file, ...login];
  });
}

/** A redis-server of any kind, on a port of its own. @param portOption how it is told of it */
export async function redisServer(
  argumentsIn: (directory: string) => readonly string[],
  portOption = '--port',
): Promise<RedisProcess> {
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
      const address = ['--bind', '127.0.0.1', portOption, String(port)];
      child = spawnUnprivileged('redis-server', [...argumentsIn(directory), ...address]);
      await waitFor('Redis to listen', () => listens(port), { seconds: 20, everyMilliseconds: 20 });
    },
    stop,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
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
