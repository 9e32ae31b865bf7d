import type { Difference, FieldChange } from '../delivery/cluster/index.ts';
import { lineChange } from '../delivery/line-change.ts';
import { painted, type Sign } from './signs.ts';

/** What an apply would do, an object a paragraph and a field a line; in colour on a terminal, unless NO_COLOR is set. */
export function comparisonText(differences: readonly Difference[]): string {
  const changed = differences.filter(({ action }) => action !== 'none');
  const count = (wanted: Difference['action']) =>
    differences.filter(({ action }) => action === wanted).length;
  const gone = count('delete');
  return [
    ...changed.flatMap((difference) => [titleOf(difference), ...difference.changes.flatMap(linesOf)]),
    [
      `${count('create')} to create`,
      `${count('change')} to change`,
      ...(gone === 0 ? [] : [`${gone} to delete`]),
      `${count('none')} the same`,
    ].join(', '),
    '',
  ].join('\n');
}

const SIGNS = { create: '+', change: '~', delete: '-', none: '~' } as const;

function titleOf({ action, kind, namespace, name }: Difference): string {
  return marked(SIGNS[action], `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`);
}

function linesOf({ path, before, after }: FieldChange): readonly string[] {
  if (before === undefined) return [`    ${marked('+', `${path}: ${JSON.stringify(after)}`)}`];
  if (after === undefined) return [`    ${marked('-', `${path}: ${JSON.stringify(before)}`)}`];
  if (isLong(before) || isLong(after)) return longChange(path, String(before), String(after));
  return [`    ${marked('~', `${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`)}`];
}

/** Text of several lines: those between what both begin and end with. */
function longChange(path: string, before: string, after: string): readonly string[] {
  const { head, removed, added } = lineChange(before, after);
  return [
    `    ${marked('~', `${path}, from line ${head + 1}:`)}`,
    ...removed.map((line) => `      ${marked('-', line)}`),
    ...added.map((line) => `      ${marked('+', line)}`),
  ];
}

function isLong(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\n');
}

function marked(sign: Sign, text: string): string {
  return painted(sign, `${sign} ${text}`);
}
