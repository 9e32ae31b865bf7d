import type { Environment } from './environment.ts';
import type { ExtraCode, Problem } from './errors.ts';

/** A rule beside Tidegate's own, for example a company's. It is reported like them. */
export interface ExtraRule {
  /** Capital letters and a number, such as `ACME1001`; `TG` is Tidegate's own. */
  readonly code: string;
  /** The field to blame, such as `spec.server.image`. */
  readonly path: string;
  /** True when the environment, with all defaults filled in, is right. */
  readonly test: (environment: Environment) => boolean;
  /** What is wrong, in a sentence without its full stop. */
  readonly reason: string;
  /** What to do about it, in a sentence without its full stop. */
  readonly remedy: string;
}

/** What an environment breaks of rules; a test that throws counts as broken, and says so. */
export function brokenRules(environment: Environment, rules: readonly ExtraRule[]): readonly Problem[] {
  return rules.flatMap(({ code: text, path, test, reason, remedy }) => {
    const code = text as ExtraCode;
    try {
      return test(environment) ? [] : [{ code, path, reason, remedy }];
    } catch (error) {
      return [{ code, path, reason: `The rule itself fails: ${error}`, remedy: 'Mend the test of the rule' }];
    }
  });
}
