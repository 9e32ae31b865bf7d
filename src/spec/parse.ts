import type { z } from 'zod';
import { Environment } from './environment.ts';
import { ERRORS, type ErrorCode, type Problem, SpecError } from './errors.ts';
import { brokenRules, type ExtraRule } from './extra-rule.ts';
import { API_VERSION, KIND } from './version.ts';

/**
 * Reads an environment: checks it, fills in every default.
 *
 * @param input a document as YAML or the API server gives it
 * @param rules rules of an extension, which are checked when all others hold
 * @throws SpecError with every problem that was found, each with path, reason and remedy
 */
export function parse(input: unknown, rules: readonly ExtraRule[] = []): Environment {
  const identity = input as { apiVersion?: unknown; kind?: unknown } | null | undefined;
  if (
    typeof identity !== 'object' ||
    identity === null ||
    identity.kind !== KIND ||
    identity.apiVersion !== API_VERSION
  ) {
    throw new SpecError([
      {
        code: 'TG1004',
        path: '',
        reason: `The document is not a ${KIND} of ${API_VERSION}`,
        remedy: ERRORS.TG1004.remedy,
      },
    ]);
  }
  const result = Environment.safeParse(input, { reportInput: true });
  if (!result.success) throw new SpecError(result.error.issues.flatMap(problemsOf));
  const broken = brokenRules(result.data, rules);
  if (broken.length > 0) throw new SpecError(broken);
  return result.data;
}

/** Turns what zod found into problems with code and remedy. */
export function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problem('TG1001', [...path, key], 'This field does not exist'));
  }
  if (issue.code === 'custom') {
    const params = issue.params as { code?: ErrorCode; remedy?: string } | undefined;
    if (params?.code !== undefined) return [problem(params.code, path, issue.message, params.remedy)];
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    return [problem('TG1002', path, `A value is required here: ${issue.expected}`)];
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => problem('TG1003', path, message));
  }
  return [problem('TG1003', path, issue.message.replace(/\.$/, ''))];
}

function problem(code: ErrorCode, path: readonly string[], reason: string, remedy?: string): Problem {
  return { code, path: path.join('.'), reason, remedy: remedy ?? ERRORS[code].remedy };
}
