/** Of Vitest's JSON report, what is read here. */
export interface VitestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  /** Why the file itself failed: an import, or a hook. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

const LINES_OF_A_FAILURE = 12;
const LINES_OF_A_COMMAND = 25;

/** Each test that failed, with the beginning of its reason; and each file that failed outside its tests. */
export function failuresIn(results: VitestResults): readonly string[] {
  return results.testResults
    .filter((file) => file.status === 'failed')
    .flatMap((file) => {
      const tests = file.assertionResults.filter((test) => test.status === 'failed');
      if (tests.length === 0) return [entry(file.name, file.message)];
      return tests.map((test) => entry(`${file.name}: ${test.fullName}`, test.failureMessages.join('\n')));
    });
}

/** The end of what a command said, for stages that count no tests. */
export function lastLines(name: string, output: readonly string[]): string {
  return entry(name, output.slice(-LINES_OF_A_COMMAND).join('\n'), LINES_OF_A_COMMAND);
}

function entry(title: string, reason: string, lines = LINES_OF_A_FAILURE): string {
  const said = reason.split('\n').slice(0, lines);
  return [title, ...said.map((line) => `    ${line}`)].join('\n');
}
