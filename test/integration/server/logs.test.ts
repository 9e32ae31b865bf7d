import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { TestClient } from './client.ts';
import { ServerProcess } from './server-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-logs-'));
const env = { TIDEGATE_DATA_DIRECTORY: join(directory, 'data') };
let processes: ServerProcess[] = [];

async function start(destinations: readonly object[], args: readonly string[] = []): Promise<ServerProcess> {
  const all = { ...env, TIDEGATE_LOGGING_DESTINATIONS: JSON.stringify(destinations) };
  const server = await ServerProcess.start(['serve', ...args], all);
  processes.push(server);
  return server;
}

const read = (...path: readonly string[]) => readFileSync(join(directory, ...path), 'utf8');

/** Messages of lines that must be JSON, each of them. */
const messages = (text: string) => {
  const lines = text.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line).msg);
};

afterEach(async () => {
  await Promise.all(processes.map((server) => server.kill()));
  processes = [];
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('GIVEN a log with several destinations', () => {
  it('WHEN the server is stopped THEN each has all lines of its level, to the last', async () => {
    const server = await start([
      { to: 'stdout', level: 'error' },
      { to: 'file', path: join(directory, 'all', 'app.log') },
      { to: 'file', path: join(directory, 'all', 'trouble.log'), level: 'warn' },
    ]);
    await server.whenReady();
    server.child.kill('SIGTERM');
    expect(await server.ended()).toBe(0);
    expect(server.output).toBe('');
    expect(messages(read('all', 'app.1.log'))).toEqual([
      'Listening',
      'postgres is up',
      'Stopping',
      'Draining',
      'Drained',
    ]);
    expect(read('all', 'trouble.1.log')).toBe('');
  });

  it('WHEN the server is killed THEN what it had logged is there', async () => {
    const path = join(directory, 'killed', 'app.log');
    const server = await (await start([{ to: 'file', path }], ['--access-log'])).whenReady();
    // By the time of its second answer it has logged the first.
    for (let count = 0; count < 2; count += 1) await (await fetch(`${server.url}/healthz`)).text();
    server.child.kill('SIGKILL');
    await server.ended();
    expect(messages(read('killed', 'app.1.log'))).toContain('A request ended');
  });

  it('WHEN the file is full of megabytes THEN it is followed by others, and the oldest go', async () => {
    const path = join(directory, 'rolled', 'app.log');
    const rules = { maxMegabytes: 0.002, keep: 2 };
    const server = await (await start([{ to: 'file', path, ...rules }], ['--access-log'])).whenReady();
    for (let count = 0; count < 60; count += 1) await (await fetch(`${server.url}/healthz?${count}`)).text();
    server.child.kill('SIGTERM');
    await server.ended();
    const names = readdirSync(join(directory, 'rolled'));
    expect(names).toHaveLength(3);
    expect(names).not.toContain('app.1.log');
    expect(names.flatMap((name) => messages(read('rolled', name))).at(-1)).toBeDefined();
  });

  it('WHEN a disk is full THEN standard error is told once, and the rest goes on', async () => {
    mkdirSync(join(directory, 'full'));
    symlinkSync('/dev/full', join(directory, 'full', 'app.1.log'));
    const path = join(directory, 'full', 'app.log');
    const server = await (
      await start([{ to: 'file', path }, { to: 'stdout' }], ['--access-log'])
    ).whenReady();
    const client = await TestClient.connect(`${server.url}/ws`);
    client.send('hello');
    await client.waitForCount(1);
    server.child.kill('SIGTERM');
    expect(await server.ended()).toBe(0);
    const lines = server.output.trimEnd().split('\n');
    const told = `tidegate: The log cannot be written to ${path} (ENOSPC), and goes on without`;
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([told]);
    expect(lines.at(-1)).toContain('"msg":"Drained"');
  });

  it('WHEN a directory cannot be written to THEN it says so in a sentence and does not start', async () => {
    writeFileSync(join(directory, 'file'), '');
    const path = join(directory, 'file', 'app.log');
    const server = await start([{ to: 'stdout' }, { to: 'file', path }]);
    expect(await server.ended()).toBe(1);
    expect(server.output).toBe(
      `tidegate: TG2008 logging.destinations.1.path: ${path} cannot be written to (ENOTDIR). Choose another path, or change its owner or mode.\n`,
    );
  });

  it('WHEN standard output is for people THEN it has their lines, and a file JSON', async () => {
    const path = join(directory, 'pretty', 'app.log');
    const settings = join(directory, 'pretty.yaml');
    writeFileSync(
      settings,
      `logging: { pretty: true, destinations: [{ to: stdout }, { to: file, path: '${path}' }] }`,
    );
    const server = await ServerProcess.start(['serve', '--settings', settings], env);
    processes.push(server);
    await server.whenReady();
    server.child.kill('SIGTERM');
    await server.ended();
    expect(server.output).toMatch(
      /^\d\d:\d\d:\d\d info {2}Listening host=127\.0\.0\.1 port=\d+\n(.+\n)+\S+ info {2}Drained cut=0\n$/,
    );
    expect(messages(read('pretty', 'app.1.log')).at(-1)).toBe('Drained');
  });
});
