import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/server/observability/backend.ts';
import { createLogger } from '../../../src/server/observability/log.ts';

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

describe('GIVEN a backend', () => {
  const silent = pino({ level: 'silent' });
  const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6379'), { code: 'ECONNREFUSED' });

  it('WHEN it fails again and again for the same reason THEN that is logged once', () => {
    const lines: string[] = [];
    const backend = new Backend('redis', loggerTo(lines));
    for (let count = 0; count < 3; count += 1) backend.down(refused);
    backend.up();
    backend.up();
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['redis is down', 'redis is up']);
  });

  it('WHEN it is told of THEN there is a code and no address', () => {
    const backend = new Backend('redis', silent);
    expect(backend.report()).toEqual({ status: 'connecting' });
    backend.down(refused);
    expect(backend.report()).toEqual({ status: 'down', reason: 'ECONNREFUSED' });
    backend.down(new Error('WRONGPASS invalid username-password pair'));
    expect(backend.report()).toEqual({ status: 'down', reason: 'WRONGPASS' });
    backend.down(new Error('something at 10.0.0.1'));
    expect(backend.report()).toEqual({ status: 'down', reason: 'unreachable' });
    backend.up();
    expect(backend.report()).toEqual({ status: 'up' });
  });

  it('WHEN it goes away after it was up THEN it does not block as it did before', () => {
    const backend = new Backend('redis', silent);
    backend.down(refused);
    expect(backend.blocks).toBe(true);
    backend.up();
    expect(backend.blocks).toBe(false);
    backend.down(refused);
    expect([backend.isUp, backend.blocks]).toEqual([false, false]);
  });
});
