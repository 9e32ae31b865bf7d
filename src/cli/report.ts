import { TidegateError } from '../spec/index.ts';

/** Exit codes of every command but `diff`. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Exit codes of `diff`, which are those of `kubectl diff`. */
export const DIFF_EXIT = { same: 0, different: 1, failed: 2 } as const;

/**
 * Ends the process: a known error in a sentence a problem, as JSON where that was asked for; an unknown one with its
 * stack, since it is a bug.
 */
export function reportAndExit(error: unknown, json: boolean, exitCode: number = EXIT.failed): never {
  if (error instanceof TidegateError) {
    if (json) console.log(JSON.stringify({ errors: error.problems }, null, 2));
    else for (const line of error.message.split('\n')) console.error(`tidegate: ${line}`);
  } else {
    console.error(error);
  }
  process.exit(exitCode);
}
