import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Dependency } from '../../../src/server/dependency.ts';
import { createLogger } from '../../../src/server/log.ts';

function loggerTo(lines: string[], level: 'debug' | 'info' = 'info') {
  return createLogger(level, { write: (line) => void lines.push(line) });
}

describe('GIVEN the log', () => {
  it('WHEN something is logged THEN it is a JSON line with time and level by name', () => {
    const lines: string[] = [];
    loggerTo(lines).info({ port: 8000 }, 'Listening');
    loggerTo(lines).debug('not shown');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), port: 8000, msg: 'Listening' },
    ]);
  });

  it('WHEN a secret is among the fields THEN it is not printed', () => {
    const lines: string[] = [];
    loggerTo(lines).info(
      { password: 'one', auth: { tokenKey: 'two' }, query: { token: 'three' } },
      'careless',
    );
    expect(JSON.parse(lines.join(''))).toMatchObject({
      password: '[redacted]',
      auth: { tokenKey: '[redacted]' },
      query: { token: '[redacted]' },
    });
  });
});

describe('GIVEN a dependency', () => {
  const silent = pino({ level: 'silent' });
  const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6379'), { code: 'ECONNREFUSED' });

  it('WHEN it fails again and again for the same reason THEN that is logged once', () => {
    const lines: string[] = [];
    const dependency = new Dependency('redis', 'always', loggerTo(lines));
    for (let count = 0; count < 3; count += 1) dependency.down(refused);
    dependency.up();
    dependency.up();
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['redis is down', 'redis is up']);
  });

  it('WHEN it is told of THEN there is a code and no address', () => {
    const dependency = new Dependency('redis', 'always', silent);
    expect(dependency.report()).toEqual({ status: 'connecting' });
    dependency.down(refused);
    expect(dependency.report()).toEqual({ status: 'down', reason: 'ECONNREFUSED' });
    dependency.down(new Error('WRONGPASS invalid username-password pair'));
    expect(dependency.report()).toEqual({ status: 'down', reason: 'WRONGPASS' });
    dependency.down(new Error('something at 10.0.0.1'));
    expect(dependency.report()).toEqual({ status: 'down', reason: 'unreachable' });
    dependency.up();
    expect(dependency.report()).toEqual({ status: 'up' });
  });

  it('WHEN it went away after it was up THEN only what is always essential blocks', () => {
    const [cache, database] = [
      new Dependency('redis', 'always', silent),
      new Dependency('postgres', 'at start', silent),
    ];
    expect([cache.blocks, database.blocks]).toEqual([true, true]);
    for (const dependency of [cache, database]) dependency.up();
    expect([cache.blocks, database.blocks]).toEqual([false, false]);
    for (const dependency of [cache, database]) dependency.down(refused);
    expect([cache.blocks, database.blocks]).toEqual([true, false]);
  });
});
