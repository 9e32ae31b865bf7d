import { styleText } from 'node:util';
import type { Difference, FieldChange } from '../delivery/cluster/index.ts';

type Sign = '+' | '-' | '~';
const COLOURS = { '+': 'green', '-': 'red', '~': 'yellow' } as const;

/** What an apply would do, an object a paragraph and a field a line; in colour on a terminal, unless NO_COLOR is set. */
export function comparisonText(differences: readonly Difference[]): string {
  const changed = differences.filter(({ action }) => action !== 'none');
  const count = (wanted: Difference['action']) =>
    differences.filter(({ action }) => action === wanted).length;
  return [
    ...changed.flatMap((difference) => [titleOf(difference), ...difference.changes.flatMap(linesOf)]),
    `${count('create')} to create, ${count('change')} to change, ${count('none')} the same`,
    '',
  ].join('\n');
}

function titleOf({ action, kind, namespace, name }: Difference): string {
  const title = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  return action === 'create' ? marked('+', title) : marked('~', title);
}

function linesOf({ path, before, after }: FieldChange): readonly string[] {
  if (before === undefined) return [`    ${marked('+', `${path}: ${JSON.stringify(after)}`)}`];
  if (after === undefined) return [`    ${marked('-', `${path}: ${JSON.stringify(before)}`)}`];
  if (isLong(before) || isLong(after)) return longChange(path, String(before), String(after));
  return [`    ${marked('~', `${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`)}`];
}

/** Text of several lines: those between what both begin and end with. */
function longChange(path: string, before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const least = Math.min(old.length, now.length);
  let head = 0;
  while (head < least && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < least - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const middle = (lines: readonly string[], sign: Sign) =>
    lines.slice(head, lines.length - tail).map((line) => `      ${marked(sign, line)}`);
  return [`    ${marked('~', `${path}, from line ${head + 1}:`)}`, ...middle(old, '-'), ...middle(now, '+')];
}

function isLong(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\n');
}

function marked(sign: Sign, text: string): string {
  return styleText(COLOURS[sign], `${sign} ${text}`, { stream: process.stdout });
}
