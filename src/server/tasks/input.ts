import type { z } from 'zod';
import { ERRORS, TidegateError } from '../../spec/errors.ts';
import type { Task } from './task.ts';

/**
 * What a job holds of an input: what JSON makes of it, since that is what a run will read.
 *
 * @throws TidegateError TG2302 with a problem for each thing that does not fit
 */
export function inputOf(task: Task, input: unknown): unknown {
  const text = JSON.stringify(input) as string | undefined;
  const held: unknown = text === undefined ? undefined : JSON.parse(text);
  const result = task.input.safeParse(held);
  if (result.success) return held;
  throw new TidegateError(
    result.error.issues.map(({ path, message }) => ({
      code: 'TG2302' as const,
      path: [task.name, 'input', ...path].join('.'),
      reason: message,
      remedy: ERRORS.TG2302.remedy,
    })),
  );
}

/** Each thing that is wrong, with its path. */
export function issuesOf(error: z.ZodError): readonly string[] {
  return error.issues.map(({ path, message }) => `${['input', ...path].join('.')}: ${message}`);
}
