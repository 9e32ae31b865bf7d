import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';

/**
 * A rule over several fields of one object, defined once: `test` runs in TypeScript, `cel` in the API server.
 * Both must agree on every value; a test holds them to it.
 */
export interface Rule<T> {
  readonly code: ErrorCode;
  /** The field to blame, relative to the object the rule stands on. */
  readonly path: readonly string[];
  /** True when the value is right. */
  readonly test: (value: T) => boolean;
  /** The same as `test`, over `self`, for the CRD. */
  readonly cel: string;
  /** What is wrong, in a sentence without its full stop; must not need the value, as CEL prints it too. */
  readonly reason: string;
  /** What to do, if the error table's own remedy does not fit. */
  readonly remedy?: string;
}

/** A rule as the CRD generator needs it. */
export type RuleText = Pick<Rule<never>, 'code' | 'path' | 'cel' | 'reason' | 'remedy'>;

/** Notes on schemas that zod itself does not know: rules for CEL, and whether an object is a choice. */
export const annotations = z.registry<{ rules: readonly RuleText[]; choice: boolean }>();

/** Puts rules on a schema; they run when the value's shape is right. */
export function withRules<S extends z.ZodType>(
  schema: S,
  rules: readonly Rule<z.output<S>>[],
  choice = false,
): S {
  const checked = schema.superRefine((value, context) => {
    for (const rule of rules) {
      if (rule.test(value)) continue;
      const params = { code: rule.code, remedy: rule.remedy ?? ERRORS[rule.code].remedy };
      context.addIssue({ code: 'custom', path: [...rule.path], message: rule.reason, params });
    }
  });
  annotations.add(checked, { rules, choice });
  return checked;
}

/**
 * A choice is an object in which the key names the case, as in Kubernetes' own APIs: exactly one must be there.
 *
 * The CRD gets no default for it: a persisted default case would sit beside the one that a later apply names.
 */
export function choice<Cases extends Record<string, z.ZodType>>(cases: Cases) {
  const names = Object.keys(cases);
  const shape = Object.fromEntries(names.map((name) => [name, cases[name]?.optional()])) as {
    [K in keyof Cases]: z.ZodOptional<Cases[K]>;
  };
  const rule: Rule<object> = {
    code: 'TG1101',
    path: [],
    test: (value) =>
      names.filter((name) => (value as Record<string, unknown>)[name] !== undefined).length === 1,
    cel: `[${names.map((name) => `has(self.${name})`).join(', ')}].filter(x, x).size() == 1`,
    reason: `Exactly one of ${names.join(', ')} must be given`,
  };
  return withRules(z.strictObject(shape), [rule], true);
}
