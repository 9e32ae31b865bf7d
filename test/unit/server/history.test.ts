import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Backend } from '../../../src/server/observability/backend.ts';
import type { Database } from '../../../src/server/store/database.ts';
import { History } from '../../../src/server/store/history.ts';

const log = pino({ level: 'silent' });

/** Postgres as the store meets it: rows, or an error for each insert. */
class Postgres implements Database {
  readonly inserted: string[][] = [];
  failures: Error[] = [];
  prepared = 0;

  async exec(): Promise<void> {
    this.prepared += 1;
  }
  async query(sql: string, parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
    if (!sql.includes('INSERT')) return [];
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    this.inserted.push(parameters[3] as string[]);
    return [];
  }
  async close(): Promise<void> {}
}

let database: Postgres;
let history: History;
const message = (text: string, room = 'room') => ({ id: text, room, user: 'user', text, at: new Date(0) });
const until = (done: () => boolean) => vi.waitFor(() => expect(done()).toBe(true), { interval: 1 });

beforeEach(() => {
  database = new Postgres();
  const backend = new Backend('postgres', log);
  history = new History({ database, backend, log, mostWaiting: 3 });
});
afterEach(() => history.close(0));

const coded = (code: string) => Object.assign(new Error(code), { code });

describe('GIVEN Postgres that works', () => {
  it('WHEN messages come while one is written THEN they are written together, in order', async () => {
    history.append(message('one'));
    history.append(message('two'));
    history.start();
    await until(() => history.stored === 2);
    expect(database.inserted).toEqual([['one', 'two']]);
  });

  it('WHEN it is closed with messages waiting THEN they are written first', async () => {
    history.start();
    history.append(message('last'));
    await history.close(1_000);
    expect([database.inserted, history.lost]).toEqual([[['last']], 0]);
  });
});

describe('GIVEN a message that our own code cannot write', () => {
  it('WHEN it is tried THEN it is given up, and what follows is written', async () => {
    database.failures = [new TypeError('Cannot read properties of undefined')];
    history.append(message('bad'));
    history.start();
    await until(() => history.lost === 1);
    history.append(message('good'));
    await until(() => history.stored === 1);
    expect([database.inserted, history.failures]).toEqual([[['good']], 0]);
  });
});

describe('GIVEN Postgres that fails', () => {
  it('WHEN it is back THEN the same messages are written, once, after the table was made sure of', async () => {
    database.failures = [coded('57P01'), coded('ECONNREFUSED')];
    history.append(message('one'));
    history.start();
    await until(() => history.stored === 1);
    expect([database.inserted, database.prepared, history.failures, history.lost]).toEqual([
      [['one']],
      3,
      2,
      0,
    ]);
  });

  it('WHEN it refuses the data THEN that is given up and counted, and the next is written', async () => {
    database.failures = [coded('22021')];
    history.append(message('bad'));
    history.start();
    await until(() => history.lost === 1);
    history.append(message('good'));
    await until(() => history.stored === 1);
    expect(database.inserted).toEqual([['good']]);
  });
});

describe('GIVEN Postgres that is away', () => {
  it('WHEN someone joins THEN the last messages of the room that wait are told', async () => {
    history.append(message('one'));
    history.append(message('elsewhere', 'other'));
    history.append(message('two'));
    expect((await history.recent('room', 50)).map(({ text }) => text)).toEqual(['one', 'two']);
    expect((await history.recent('room', 1)).map(({ text }) => text)).toEqual(['two']);
    expect(await history.recent('room', 0)).toEqual([]);
  });

  it('WHEN more come than may wait THEN they are counted as lost', async () => {
    for (const text of ['1', '2', '3', '4', '5']) history.append(message(text));
    expect([history.waiting, history.lost]).toEqual([3, 2]);
  });

  it('WHEN the process ends THEN what waits is counted as lost', async () => {
    history.append(message('one'));
    await history.close(30);
    expect(history.lost).toBe(1);
  });
});
