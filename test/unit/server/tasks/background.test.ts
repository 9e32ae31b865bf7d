import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { Background } from '../../../../src/server/tasks/background.ts';

let lines: Record<string, unknown>[];
let done: string[];
let background: Background;
const log = pino({ base: undefined }, { write: (line) => void lines.push(JSON.parse(line)) });

beforeEach(() => {
  lines = [];
  done = [];
  background = new Background(log);
});

describe('GIVEN work that waits for a response', () => {
  it('WHEN the response is sent THEN it runs in order, sync and async alike', async () => {
    const line = background.line({ log }, 'until released');
    line.add(async () => {
      await Promise.resolve();
      done.push('first');
    });
    line.add('named', () => void done.push('second'));
    await Promise.resolve();
    expect(done).toEqual([]);
    await line.release();
    expect([done, background.running, background.failed]).toEqual([['first', 'second'], 0, 0]);
  });

  it('WHEN the request fails THEN it is forgotten', async () => {
    const line = background.line({ log }, 'until released');
    line.add(() => void done.push('never'));
    line.drop();
    await line.release();
    expect(done).toEqual([]);
  });

  it('WHEN one fails THEN that is counted and logged with the request, and the next one runs', async () => {
    const line = background.line({ log: log.child({ requestId: 'request-1' }) }, 'until released');
    line.add('mail', () => {
      throw new Error('no postman');
    });
    line.add(() => void done.push('next'));
    await line.release();
    expect([done, background.failed]).toEqual([['next'], 1]);
    expect(lines).toMatchObject([
      { requestId: 'request-1', work: 'mail', msg: 'Background work failed', err: { message: 'no postman' } },
    ]);
  });

  it('WHEN work adds work THEN that runs as well', async () => {
    const line = background.line({ log }, 'until released');
    line.add(() => line.add(() => void done.push('added')));
    await line.release();
    expect(done).toEqual(['added']);
  });
});

describe('GIVEN work that waits for nothing', () => {
  it('WHEN it is added THEN the caller goes on first, and it runs at once', async () => {
    background.line({ log }).add(() => void done.push('work'));
    done.push('caller');
    await background.finish(1_000);
    expect(done).toEqual(['caller', 'work']);
  });

  it('WHEN the process ends before it THEN it is counted and logged', async () => {
    const line = background.line({ log });
    line.add(() => new Promise(() => {}));
    line.add(() => void done.push('never'));
    await background.finish(5);
    expect(background.unfinished).toBe(2);
    expect(lines).toMatchObject([{ work: 2, msg: 'Background work was not finished before the end' }]);
  });

  it('WHEN no function is given THEN it says so', () => {
    const { add } = background.line({ log });
    expect(() => (add as unknown as (name: string) => void)('mail')).toThrow(
      'There is no function to run as mail',
    );
  });
});
