import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFile } from '../../../src/server/observability/log-file.ts';
import { outlasting } from '../../../src/server/observability/log-outage.ts';

const HOUR_MS = 3_600_000;
const BYTES = 1 / 1_048_576;

let directory: string;
let time = 0;

interface Rules {
  readonly maxMegabytes?: number;
  readonly every?: 'day' | 'hour';
  readonly keep?: number;
  readonly worker?: number;
}

function logFile({ worker, ...rules }: Rules = {}): LogFile {
  const settings = { to: 'file' as const, path: join(directory, 'app.log'), maxMegabytes: 100, keep: 10 };
  const place = { worker, setting: 'logging.destinations.0.path', now: () => time };
  return new LogFile({ ...settings, ...rules }, place);
}

/** What is in each file. */
function files(): Record<string, string> {
  const names = readdirSync(directory);
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegate-log-'));
  time = Date.now();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('GIVEN a log in files', () => {
  it('WHEN a file has its size THEN the next line begins another, and the oldest go', () => {
    const log = logFile({ maxMegabytes: 8 * BYTES, keep: 2 });
    for (const line of ['one1', 'one2', 'two12345', 'three123', 'four']) log.write(`${line}\n`);
    expect(files()).toEqual({
      'app.2.log': 'two12345\n',
      'app.3.log': 'three123\n',
      'app.4.log': 'four\n',
    });
  });

  it('WHEN an hour begins THEN its first line begins another', () => {
    time = Math.floor(time / HOUR_MS) * HOUR_MS;
    const log = logFile({ every: 'hour' });
    log.write('first\n');
    time += HOUR_MS - 1;
    log.write('last\n');
    time += 1;
    log.write('next\n');
    expect(files()).toEqual({ 'app.1.log': 'first\nlast\n', 'app.2.log': 'next\n' });
  });

  it('WHEN it is opened again THEN it goes on with the newest, unless that is of another day', () => {
    logFile({ every: 'day' }).write('before\n');
    logFile({ every: 'day' }).write('after\n');
    time += 24 * HOUR_MS;
    logFile({ every: 'day' }).write('tomorrow\n');
    expect(files()).toEqual({ 'app.1.log': 'before\nafter\n', 'app.2.log': 'tomorrow\n' });
  });

  it('WHEN other files are beside it THEN their numbers are not its own, and they stay', () => {
    const others = ['app.log', 'app-7.log', 'app-worker1.8.log', 'app.1.5.log', 'app.x.log', 'other.9.log'];
    for (const name of others) writeFileSync(join(directory, name), '');
    const log = logFile({ maxMegabytes: BYTES, keep: 1 });
    for (const line of ['one', 'two', 'three']) log.write(`${line}\n`);
    expect(Object.keys(files()).sort()).toEqual([...others, 'app.2.log', 'app.3.log'].sort());
  });

  it('WHEN two processes write to it THEN no line is lost or torn, and they share the files', () => {
    const [one, two] = [logFile({ maxMegabytes: 12 * BYTES }), logFile({ maxMegabytes: 12 * BYTES })];
    for (let count = 0; count < 6; count += 1) (count % 2 === 0 ? one : two).write(`line ${count}\n`);
    expect(Object.values(files()).join('').split('\n').filter(Boolean).sort()).toEqual(
      [0, 1, 2, 3, 4, 5].map((count) => `line ${count}`),
    );
  });

  it('WHEN it is that of a worker THEN the slot is in the name', () => {
    logFile({ worker: 2 }).write('mine\n');
    expect(files()).toEqual({ 'app-worker2.1.log': 'mine\n' });
  });
});

describe('GIVEN a log on a disk that is full', () => {
  it('WHEN it is written to THEN nobody fails, and once there is room the log tells how much is lost', () => {
    let now = 0;
    let full = true;
    const lines: string[] = [];
    const log = outlasting(
      'a disk',
      (line) => {
        if (full) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        lines.push(line);
      },
      () => now,
    );
    for (const line of ['one', 'two', 'three']) log.write(line);
    full = false;
    log.write('four, before it is tried again');
    now = 5_000;
    log.write('five');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ lines: 4, msg: 'Lines of the log were lost' });
    expect(lines.slice(1)).toEqual(['five']);
  });

  it('WHEN it is a file THEN writing fails with what the system says', () => {
    symlinkSync('/dev/full', join(directory, 'app.1.log'));
    const log = logFile();
    expect(() => log.write('line\n')).toThrow(/ENOSPC/);
  });
});
