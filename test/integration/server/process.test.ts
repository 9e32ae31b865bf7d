import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from './client.ts';
import { ServerProcess } from './server-process.ts';
import { redis } from './stores/redis.ts';
import { freePort } from './stores/store-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-process-'));
const env = { TIDEGATE_DATA_DIRECTORY: join(directory, 'data') };
let processes: ServerProcess[] = [];

async function start(args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
  const server = await ServerProcess.start(args, { ...env, ...more });
  processes.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(processes.map((server) => server.kill()));
  processes = [];
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('GIVEN tidegate serve with a client', () => {
  it('WHEN it gets SIGTERM THEN the client is closed with 1012, the exit code is 0 and the log is JSON', async () => {
    const server = await (await start(['serve'])).whenReady();
    const client = await TestClient.connect(`${server.url}/ws`);
    server.child.kill('SIGTERM');
    expect((await client.closed).code).toBe(1012);
    expect(await server.ended()).toBe(0);
    const lines = server.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ msg }) => msg)).toEqual([
      'Listening',
      'postgres is up',
      'Stopping',
      'Draining',
      'Drained',
    ]);
    expect(lines[0]).toMatchObject({
      level: 'info',
      host: '127.0.0.1',
      port: Number(new URL(server.url).port),
    });
  });

  it('WHEN it is killed and started again THEN it replays what was said before', async () => {
    const before = await (await start(['serve'])).whenReady();
    const client = await TestClient.connect(`${before.url}/chat/again?username=alice`);
    client.send('remember me');
    const metrics = async () => (await fetch(`${before.url}/metrics`)).text();
    await waitFor(
      'it to be stored',
      async () => (await metrics()).includes('\ntidegate_history_stored_total 1\n') || undefined,
    );
    before.child.kill('SIGKILL');
    await before.ended();
    const after = await (await start(['serve'])).whenReady();
    const late = await TestClient.connect(`${after.url}/chat/again?username=bob`);
    await late.waitFor('the message', ({ text, replay }) => text === 'remember me' && replay === true);
  });
});

describe('GIVEN a client that keeps the drain from ending', () => {
  async function draining(): Promise<ServerProcess> {
    const server = await (await start(['serve'], { TIDEGATE_DRAIN_TIMEOUT_SECONDS: '60' })).whenReady();
    const client = await TestClient.connect(`${server.url}/ws`);
    client.socket.pause();
    server.child.kill('SIGINT');
    await waitFor('the drain', () => server.output.includes('Draining') || undefined);
    return server;
  }

  it('WHEN a second interrupt follows within the second, as npm sends it, THEN it goes on', async () => {
    const server = await draining();
    server.child.kill('SIGINT');
    expect(await Promise.race([server.ended(), sleep(1_500, 'goes on')])).toBe('goes on');
  });

  it('WHEN a second interrupt comes later THEN it ends at once with 130', async () => {
    const server = await draining();
    await sleep(1_100);
    server.child.kill('SIGINT');
    expect(await server.ended()).toBe(130);
  });
});

describe('GIVEN something that keeps the server from starting', () => {
  async function failure(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
    const server = await start(args, more);
    return { code: await server.ended(), output: server.output.trim() };
  }

  it('WHEN the port is taken THEN it says so in a sentence', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    expect(await failure(['serve', '--port', String(port)])).toEqual({
      code: 1,
      output: `tidegate: TG2003 port: 127.0.0.1:${port} is taken by another process. Stop the other process, or choose another port.`,
    });
    other.close();
  });

  it('WHEN the data directory cannot be written to THEN it says so in a sentence', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(await failure(['serve'], { TIDEGATE_DATA_DIRECTORY: `${file}/data` })).toEqual({
      code: 1,
      output: `tidegate: TG2004 dataDirectory: ${file}/data cannot be written to (ENOTDIR). Choose another directory, or change its owner or mode.`,
    });
  });

  it('WHEN another server uses the data directory THEN it says which', async () => {
    const first = await (await start(['serve'])).whenReady();
    const { code, output } = await failure(['serve']);
    expect(code).toBe(1);
    expect(output).toBe(
      `tidegate: TG2004 dataDirectory: Process ${first.child.pid} uses ${env.TIDEGATE_DATA_DIRECTORY}. Stop it, choose another directory, or remove ${join(env.TIDEGATE_DATA_DIRECTORY, 'process-id')} if that is no server.`,
    );
  });

  it('WHEN settings are wrong THEN each is named with its source, and no secret is printed', async () => {
    const { code, output } = await failure(['serve'], {
      TIDEGATE_PING_INTERVAL_SECONDS: 'often',
      TIDEGATE_AUTH_TOKEN_KEY: 'too-short-secret',
    });
    expect(code).toBe(1);
    expect(output.split('\n')).toEqual([
      'tidegate: TG2001 ping.intervalSeconds: Invalid input: expected number, received string, in TIDEGATE_PING_INTERVAL_SECONDS. Correct the setting at the source that is named.',
      'tidegate: TG2001 auth.tokenKey: Must have at least 32 characters, in TIDEGATE_AUTH_TOKEN_KEY. Correct the setting at the source that is named.',
    ]);
  });
});

describe('GIVEN tidegate dev', () => {
  it('WHEN it starts THEN it writes the objects, shows them, and says where the page is', async () => {
    const out = join(directory, 'out');
    const server = await start([
      'dev',
      'environments/dev.yaml',
      '--out',
      out,
      '--data',
      join(directory, 'dev'),
    ]);
    await waitFor('the address', () => server.output.includes('Ctrl+C') || undefined);
    expect(server.output).toMatch(/^chat-dev\/dev\n├─ /);
    expect(server.output).toContain(`Open ${server.url}/ in two browser tabs; Ctrl+C stops\n`);
    expect((await fetch(`${server.url}/`)).status).toBe(200);
    server.child.kill('SIGINT');
    expect(await server.ended()).toBe(0);
  });

  it('WHEN the spec is wrong THEN it names the field and starts nothing', async () => {
    const file = join(directory, 'wrong.yaml');
    writeFileSync(
      file,
      `apiVersion: tidegate.dev/v1alpha1
kind: RealtimeEnvironment
metadata: { name: wrong, namespace: wrong }
spec: { host: chat.example.com, route: { ingress: { className: contour } }, server: { settings: { logLevel: loud } } }
`,
    );
    const server = await start(['dev', file, '--out', join(directory, 'out')]);
    expect(await server.ended()).toBe(1);
    expect(server.output).toMatch(/^tidegate: TG1003 .*wrong\.yaml: spec\.server\.settings\.logLevel: .*\n$/);
  });
});

describe('GIVEN two replicas, one of which is killed', () => {
  it('WHEN its heartbeat stays away THEN its users vanish from the presence', async () => {
    const cache = await redis('secret');
    await cache.start();
    const stores = {
      TIDEGATE_REDIS_HOST: '127.0.0.1',
      TIDEGATE_REDIS_PORT: String(cache.port),
      TIDEGATE_REDIS_PASSWORD: 'secret',
    };
    try {
      const [first, second] = await Promise.all(
        ['a', 'b'].map((name) =>
          start(['serve'], { ...stores, TIDEGATE_DATA_DIRECTORY: join(directory, name) }),
        ),
      );
      if (first === undefined || second === undefined) throw new Error('Two replicas were to start');
      await Promise.all([first.whenReady(), second.whenReady()]);
      const watcher = await TestClient.connect(`${first.url}/chat/killed?username=watcher&presence=1`);
      await TestClient.connect(`${second.url}/chat/killed?username=victim`);
      await watcher.waitFor('both', ({ count }) => count === 2);
      second.child.kill('SIGKILL');
      await waitFor('the victim to vanish', () => watcher.events.at(-1)?.count === 1 || undefined, {
        seconds: 30,
      });
      expect(watcher.events.at(-1)).toEqual({ type: 'presence', users: ['watcher'], count: 1 });
    } finally {
      await cache.remove();
    }
  });
});

describe('GIVEN npm start', () => {
  /** Starts it by `program`, waits until it serves, and tells how it ends. */
  async function npmStart(program: string, args: readonly string[], stop: (child: ChildProcess) => void) {
    const child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, SHELL: '/bin/sh' } });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await waitFor('the address', () => output.includes('Ctrl+C stops') || undefined);
    stop(child);
    return { code: await ended, output };
  }

  const command = async () => {
    const options = { port: await freePort(), out: join(directory, 'npm-out'), data: join(directory, 'npm') };
    return ['npm', 'start', '--', ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)];
  };

  it('WHEN Ctrl+C is typed in its terminal THEN it drains and the shell sees 0', async () => {
    // The terminal interrupts npm and the server at once, and npm passes its interrupt on. `exec`, since a shell that
    // stays in between, as dash does, dies of the interrupt itself.
    const line = `exec ${(await command()).join(' ')}`;
    const terminal = ['--quiet', '--return', '--command', line, '/dev/null'];
    const { code, output } = await npmStart('script', terminal, ({ stdin }) => stdin?.write('\x03'));
    expect(output).toContain('Drained');
    expect(code).toBe(0);
  });

  it('WHEN npm alone is stopped THEN the server drains and stops as well', async () => {
    const [npm = '', ...args] = await command();
    const { output } = await npmStart(npm, args, (child) => child.kill('SIGTERM'));
    expect(output).toContain('Drained');
  });
});
