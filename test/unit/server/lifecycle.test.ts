import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Lifecycle } from '../../../src/server/app/lifecycle.ts';

const quiet = pino({ level: 'silent' });

describe('GIVEN hooks', () => {
  it('WHEN all is well THEN they start in order, one after the other, and stop in reverse', async () => {
    const steps: string[] = [];
    const lifecycle = new Lifecycle(quiet);
    for (const name of ['first', 'second']) {
      const step = async (what: string) => {
        await Promise.resolve();
        steps.push(`${name} ${what}`);
      };
      lifecycle.add({ name, start: () => step('starts'), stop: () => step('stops') });
    }
    await lifecycle.start();
    await lifecycle.stop();
    expect(steps).toEqual(['first starts', 'second starts', 'second stops', 'first stops']);
  });

  it('WHEN one fails to start THEN those before it are stopped, and the error names it', async () => {
    const steps: string[] = [];
    const lifecycle = new Lifecycle(quiet);
    lifecycle.add({ name: 'pool', stop: () => void steps.push('pool stops') });
    lifecycle.add({ name: 'cache', start: () => Promise.reject(new Error('no route')) });
    lifecycle.add({ name: 'never', start: () => void steps.push('never starts') });
    await expect(lifecycle.start()).rejects.toMatchObject({
      problems: [{ code: 'TG2005', path: 'cache', reason: 'The start hook cache failed: no route' }],
    });
    expect(steps).toEqual(['pool stops']);
  });

  it('WHEN one takes longer than its deadline THEN that is its failure', async () => {
    const lifecycle = new Lifecycle(quiet);
    lifecycle.add({ name: 'slow', start: () => new Promise(() => {}), deadlineSeconds: 0.02 });
    await expect(lifecycle.start()).rejects.toMatchObject({
      problems: [{ reason: 'The start hook slow failed: It took longer than 0.02 s' }],
    });
  });
});
