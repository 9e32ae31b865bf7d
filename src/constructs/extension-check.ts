import { z } from 'zod';
import { ERRORS, TidegateError } from '../spec/index.ts';
import { PARTS } from './parts.ts';

const callable = z.custom((value) => typeof value === 'function', 'Must be a function');
const classes = Object.keys(PARTS).map((name) => [
  name,
  z.custom((value) => typeof value === 'function', 'Must be a class').optional(),
]);
const sentence = z.string().min(1).regex(/[^.]$/, 'Must be a sentence without its full stop');

const rule = z.strictObject({
  code: z
    .string()
    .regex(/^(?!TG\d)[A-Z]+\d+$/, 'Must be capital letters and a number, such as ACME1001; TG is taken'),
  path: z.string(),
  test: callable,
  reason: sentence,
  remedy: sentence,
});

const kind = z
  .strictObject({
    apiVersion: z
      .string()
      .regex(
        /^([a-z0-9.-]+\/)?v\d[a-z0-9]*$/,
        'Must be a group and a version, such as monitoring.coreos.com/v1',
      ),
    kind: z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'Must be the name of a kind, such as PodMonitor'),
    plural: z.string().regex(/^[a-z][a-z0-9]*$/, 'Must be the name of the resource, such as podmonitors'),
  })
  .refine(
    ({ apiVersion, kind: name }) => apiVersion !== 'v1' || name !== 'Secret',
    'Trees hold no Secrets, since some front doors write them in clear',
  );

const extension = z.strictObject({
  rules: z.array(rule).optional(),
  parts: z.strictObject(Object.fromEntries(classes)).optional(),
  extend: callable.optional(),
  // Objects of classes have their methods elsewhere than in themselves.
  aspects: z
    .array(
      z.custom(
        (value) => typeof (value as { visit?: unknown } | null)?.visit === 'function',
        'Must have a method visit',
      ),
    )
    .optional(),
  kinds: z.array(kind).optional(),
});

/** @throws TidegateError TG1421 with everything that is wrong */
export function checkExtension(value: unknown): void {
  const result = extension.safeParse(value);
  if (result.success) return;
  throw new TidegateError(
    result.error.issues.map(({ path, message }) => ({
      code: 'TG1421',
      path: ['extension', ...path].join('.'),
      reason: message.replace(/\.$/, ''),
      remedy: ERRORS.TG1421.remedy,
    })),
  );
}
