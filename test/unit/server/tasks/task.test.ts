import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { inputOf } from '../../../../src/server/tasks/input.ts';
import { type TaskDefinition, task } from '../../../../src/server/tasks/task.ts';

const input = z.strictObject({ to: z.string(), at: z.coerce.date().optional() });
const run = () => {};
type Definition = TaskDefinition<typeof input>;

describe('GIVEN a definition of a task', () => {
  it('WHEN it says only what it must THEN the rest has defaults', () => {
    expect(task({ name: 'mail', input, run })).toEqual({
      name: 'mail',
      input,
      run,
      attempts: 3,
      backoff: { firstSeconds: 1, mostSeconds: 3_600, jitter: 0.5 },
      timeoutSeconds: 60,
    });
  });

  it('WHEN it has a schema THEN the run gets what the schema makes', () => {
    task({ name: 'mail', input, run: ({ at }) => expectTypeOf(at).toEqualTypeOf<Date | undefined>() });
  });

  it.each<[string, Partial<Definition>]>([
    ['no:colon.name', { name: 'no:colon' }],
    ['mail.attempts', { attempts: 0 }],
    ['mail.timeoutSeconds', { timeoutSeconds: Number.NaN }],
    ['mail.concurrency', { concurrency: 1.5 }],
    ['mail.backoff.firstSeconds', { backoff: { firstSeconds: -1 } }],
    ['mail.backoff.mostSeconds', { backoff: { firstSeconds: 5, mostSeconds: 1 } }],
    ['mail.backoff.jitter', { backoff: { jitter: 2 } }],
  ])('WHEN a value cannot be THEN %s is named', (path, wrong) => {
    expect(() => task({ name: 'mail', input, run, ...wrong })).toThrow(`TG2301 ${path}: `);
  });
});

describe('GIVEN an input', () => {
  const mail = task({ name: 'mail', input, run });

  it('WHEN it fits THEN the job holds what JSON makes of it', () => {
    expect(inputOf(mail, { to: 'ada', at: new Date(0) })).toEqual({
      to: 'ada',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('WHEN JSON cannot hold it THEN it is refused now, not when it runs', () => {
    const strict = task({ name: 'strict', input: z.strictObject({ at: z.date() }), run });
    expect(() => inputOf(strict, { at: new Date(0) })).toThrow('TG2302 strict.input.at: ');
    expect(() => inputOf(mail, undefined)).toThrow('TG2302 mail.input: ');
  });
});
