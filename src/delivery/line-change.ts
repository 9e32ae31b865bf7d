/** Where two texts differ, as one run of lines. */
export interface LineChange {
  /** Lines that both begin with. */
  readonly head: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** What is between the lines that two texts both begin and end with. */
export function lineChange(before: string, after: string): LineChange {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const least = Math.min(old.length, now.length);
  let head = 0;
  while (head < least && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < least - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const middle = (lines: readonly string[]) => lines.slice(head, lines.length - tail);
  return { head, removed: middle(old), added: middle(now) };
}

const CONTEXT = 3;

/** The change of a file as a unified diff of one hunk, such as `git apply` reads. */
export function unifiedDiff(file: string, before: string, after: string): string {
  const { head, removed, added } = lineChange(before, after);
  const lines = before.replace(/\n$/, '').split('\n');
  const start = Math.max(0, head - CONTEXT);
  const leading = lines.slice(start, head);
  const trailing = lines.slice(head + removed.length, head + removed.length + CONTEXT);
  const around = leading.length + trailing.length;
  return [
    `--- a/${file}`,
    `+++ b/${file}`,
    `@@ -${start + 1},${around + removed.length} +${start + 1},${around + added.length} @@`,
    ...leading.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...trailing.map((line) => ` ${line}`),
    '',
  ].join('\n');
}
