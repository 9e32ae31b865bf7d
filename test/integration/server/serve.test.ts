import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { TestClient } from './client.ts';
import { ServerProcess } from './server-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-serve-'));
const env = { TIDEGATE_DATA_DIRECTORY: join(directory, 'data') };
let processes: ServerProcess[] = [];

async function start(args: readonly string[]): Promise<ServerProcess> {
  const server = await ServerProcess.start(['serve', ...args], env);
  processes.push(server);
  return server;
}

function module(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

async function failure(path: string): Promise<string> {
  const server = await start([path]);
  expect(await server.ended()).toBe(1);
  return server.output.replaceAll(`${path}: `, '').trim();
}

afterEach(async () => {
  await Promise.all(processes.map((server) => server.kill()));
  processes = [];
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const APP = `import type { RealtimeApp } from 'tidegate/server';

const loud: (text: string) => string = (text) => text.toUpperCase();

export default function shout(app: RealtimeApp): void {
  app.websocket('/shout', async (socket) => {
    await socket.accept();
    for await (const text of socket.texts()) socket.sendText(loud(text));
  });
  app.websocket('/ws', async (socket) => {
    await socket.accept();
    socket.sendText('mine');
  });
  app.http.get('/hello', async () => ({ hello: app.settings.app.environment }));
}
`;

describe("GIVEN tidegate serve with a team's module in TypeScript", () => {
  it('WHEN it runs THEN its endpoints come first, and the bundled ones are there as well', async () => {
    const server = await (await start([module('app.ts', APP)])).whenReady();
    const [shout, own, chat] = await Promise.all(
      ['/shout', '/ws', '/chat/lobby?username=ann'].map((path) => TestClient.connect(`${server.url}${path}`)),
    );
    shout?.send('hello');
    await Promise.all([shout, own, chat].map((client) => client?.waitForCount(1)));
    expect([shout?.texts, own?.texts, chat?.events[0]?.type]).toEqual([['HELLO'], ['mine'], 'join']);
    expect(await (await fetch(`${server.url}/hello`)).json()).toEqual({ hello: 'production' });
  });

  it('WHEN it says that nothing is bundled THEN there are its endpoints and the probes alone', async () => {
    const path = module('alone.ts', `${APP}export const bundled = false;\n`);
    const server = await (await start([path])).whenReady();
    expect((await fetch(`${server.url}/hello`)).status).toBe(200);
    expect((await fetch(`${server.url}/`)).status).toBe(404);
    await expect(TestClient.connect(`${server.url}/chat/lobby`)).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    [
      'syntax.ts',
      'export default function (app: unknown) {\n  const = 3;\n}\n',
      /^tidegate: TG2103 It cannot be imported: SyntaxError: .* \(syntax\.ts:2\)\. Mend the module/,
    ],
    [
      'imports.ts',
      "import { gone } from './gone.ts';\nexport default () => gone;\n",
      /^tidegate: TG2103 It cannot be imported: Error: Cannot find module '.*gone\.ts' imported from .*imports\.ts\. /,
    ],
    [
      'throws.ts',
      'export default () => {\n  throw new TypeError("No such thing.");\n};\n',
      /^tidegate: TG2103 It failed as it defined its endpoints: TypeError: No such thing \(throws\.ts:2\)\. /,
    ],
  ])(
    'WHEN %s is wrong THEN the place is told in a sentence, and nothing starts',
    async (name, text, expected) => {
      const output = await failure(module(name, text));
      expect(output).toMatch(expected);
      expect(output.split('\n')).toHaveLength(1);
    },
  );
});

describe('GIVEN tidegate serve with options', () => {
  it('WHEN they stand for settings THEN they win over the environment, and errors name them', async () => {
    const more = { TIDEGATE_LOG_LEVEL: 'fatal', TIDEGATE_DRAIN_TIMEOUT_SECONDS: '60' };
    const args = ['serve', '--log-level', 'info', '--timeout', '0', '--host', '127.0.0.1'];
    const server = await ServerProcess.start(args, { ...env, ...more });
    processes.push(server);
    await server.whenReady();
    const client = await TestClient.connect(`${server.url}/ws`);
    client.socket.pause();
    server.child.kill('SIGTERM');
    expect(await server.ended()).toBe(0);
    expect(server.output).toContain('"cut":1,"msg":"Drained"');
  });
});

describe('GIVEN tidegate settings', () => {
  const settings = (args: readonly string[], more: NodeJS.ProcessEnv) => {
    const main = join(process.cwd(), 'src/cli/main.ts');
    return spawnSync(process.execPath, [main, 'settings', ...args], {
      cwd: directory,
      env: { PATH: process.env.PATH, ...more },
      encoding: 'utf8',
    });
  };
  const KEY = 'f3d9b0c47a1e8265d4b79c0e61fa8325';

  it('WHEN it is asked THEN each setting has its value and source, but of secrets', () => {
    writeFileSync(join(directory, '.env'), 'TIDEGATE_PORT=9001\n');
    const { stdout, status } = settings([], { TIDEGATE_AUTH_TOKEN_KEY: KEY, TIDEGATE_HOST: '::1' });
    expect(status).toBe(0);
    const row = (name: string) =>
      stdout
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(/ {2,}/);
    expect(row('SETTING')).toEqual(['SETTING', 'VALUE', 'SOURCE', 'DESCRIPTION']);
    expect(row('host')).toEqual(['host', '::1', 'TIDEGATE_HOST', 'Address to listen on']);
    expect(row('port')?.slice(1, 3)).toEqual(['9001', 'TIDEGATE_PORT in .env']);
    expect(row('auth.tokenKey')?.slice(1, 3)).toEqual(['•••', 'TIDEGATE_AUTH_TOKEN_KEY']);
    expect(row('redis.password')?.slice(1, 3)).toEqual(['–', 'default']);
    expect(stdout).not.toContain(KEY);
  });

  it('WHEN JSON is asked for THEN it is, and so are problems', () => {
    const right = settings(['--output', 'json'], { TIDEGATE_PORT: '9002' });
    expect(JSON.parse(right.stdout).settings).toContainEqual({
      setting: 'port',
      variable: 'TIDEGATE_PORT',
      value: 9002,
      source: 'TIDEGATE_PORT',
      secret: false,
      changes: 'restart',
      description: 'Port to listen on; WebSocket, HTTP, probes and metrics share it',
    });
    const wrong = settings(['--output', 'json'], { TIDEGATE_PORT: 'eighty' });
    expect(wrong.status).toBe(1);
    expect(JSON.parse(wrong.stdout).errors).toMatchObject([{ code: 'TG2001', path: 'port' }]);
  });
});
