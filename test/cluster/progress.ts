/** Says what is going on. The mark makes the test runner show the line at once. */
export function progress(line: string): void {
  console.log(`· ${line}`);
}
