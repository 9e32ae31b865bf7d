import { describe, expect, it } from 'vitest';
import { readableLine } from '../../../src/server/observability/readable-line.ts';

describe('GIVEN a line of the log', () => {
  it('WHEN it is for people THEN it has the time of day, the level, the message and the fields', () => {
    const json = { level: 'info', time: '2026-11-03T14:03:07.123Z', port: 8000, of: ['a'], msg: 'Listening' };
    expect(readableLine(JSON.stringify(json))).toBe('14:03:07 info  Listening port=8000 of=["a"]\n');
  });

  it('WHEN it has an error THEN the reason is a field, and the places follow', () => {
    const stack = 'Error: No such thing\n    at shout (/app.ts:3:9)\n    at /app.ts:9:1';
    const err = { type: 'Error', message: 'No such thing', stack };
    const json = { level: 'error', time: '2026-11-03T14:03:07.123Z', err, msg: 'A handler failed' };
    expect(readableLine(JSON.stringify(json))).toBe(
      '14:03:07 error A handler failed reason=No such thing\n    at shout (/app.ts:3:9)\n    at /app.ts:9:1\n',
    );
  });
});
