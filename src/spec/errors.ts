import { DELIVERY_ERRORS } from './errors/delivery.ts';
import { DOCUMENT_ERRORS } from './errors/documents.ts';
import { EXTENSION_ERRORS } from './errors/extension.ts';
import { RULE_ERRORS } from './errors/rules.ts';
import { SERVER_ERRORS } from './errors/server.ts';
import { UPKEEP_ERRORS } from './errors/upkeep.ts';

/**
 * Every error a person can meet, in one table: the code never changes its meaning, the remedy says what to do.
 * The reference page is generated from this table.
 */
export const ERRORS = {
  ...DOCUMENT_ERRORS,
  ...RULE_ERRORS,
  ...EXTENSION_ERRORS,
  ...UPKEEP_ERRORS,
  ...SERVER_ERRORS,
  ...DELIVERY_ERRORS,
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** Code of a rule that is not Tidegate's own; no code of the table is one. */
export type ExtraCode = string & { readonly extra: true };

/** One thing that is wrong: what, where, why, and what to do about it. */
export interface Problem {
  readonly code: ErrorCode | ExtraCode;
  /** Dotted path of the field, for example `spec.autoscaling.min`; empty for the whole document. */
  readonly path: string;
  readonly reason: string;
  readonly remedy: string;
}

/** `TG1104 spec.autoscaling.min: 5 is more than max, which is 3. Set … ` */
export function describeProblem(problem: Problem): string {
  const where = problem.path === '' ? '' : ` ${problem.path}`;
  return `${problem.code}${where}: ${problem.reason}. ${problem.remedy}.`;
}

/** Ends a command with a clear sentence a problem and no stack trace. */
export class TidegateError extends Error {
  override readonly name: string = 'TidegateError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describeProblem).join('\n'));
    this.problems = problems;
  }

  /** An error of one problem whose remedy is the table's. */
  static of(
    code: ErrorCode,
    path: string,
    reason: string,
    remedy: string = ERRORS[code].remedy,
  ): TidegateError {
    return new TidegateError([{ code, path, reason, remedy }]);
  }
}

/** What `parse` throws: the environment spec breaks the schema or a rule. */
export class SpecError extends TidegateError {
  override readonly name = 'SpecError';
}
