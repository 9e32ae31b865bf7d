import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/server/observability/log.ts';
import { runUntilStopped } from '../../../src/server/run.ts';

afterEach(() => {
  process.removeAllListeners('SIGTERM');
  process.removeAllListeners('SIGINT');
});

describe('GIVEN a server that is still starting', () => {
  it('WHEN it is told to stop THEN it starts to the end and then drains', async () => {
    const lines: string[] = [];
    const log = createLogger('info', { write: (line: string) => lines.push(JSON.parse(line).msg) });
    await runUntilStopped(async () => {
      process.emit('SIGTERM', 'SIGTERM');
      log.info('Started');
      return { log, drain: async () => log.info('Drained') };
    });
    expect(lines).toEqual(['Started', 'Stopping', 'Drained']);
  });
});
