/**
 * Says what is going on. The mark makes the test runner show the line at once; Vitest, which holds back and colours what
 * goes to the console, lets the stream alone.
 */
export function progress(line: string): void {
  process.stdout.write(`· ${line}\n`);
}
