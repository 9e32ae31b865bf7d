import type { Construct } from 'constructs';
import { describeProblem, type Problem, TidegateError } from '../spec/index.ts';

/**
 * Has synth refuse a construct, with its path, for what its props break of the schema and the rules. What is found is
 * kept: a synth asks more than once.
 *
 * @param reads what throws a TidegateError, such as `() => parseSection('redis', …)`
 */
export function validateProps(construct: Construct, ...reads: readonly (() => unknown)[]): void {
  let messages: string[] | undefined;
  construct.node.addValidation({
    validate: () => {
      messages ??= reads.flatMap(problemsOf).map(describeProblem);
      return messages;
    },
  });
}

function problemsOf(read: () => unknown): readonly Problem[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof TidegateError) return error.problems;
    throw error;
  }
}
