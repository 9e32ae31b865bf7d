import type { About } from './machine.ts';
import { type ContenderResult, figuresOf, type GoalResult, type WorkloadResult } from './report.ts';
import type { Figure, Workload } from './workload.ts';

/** A generator this busy is the limit of what it measures. */
const BUSY_GENERATOR = 0.97;
/** Others with this share of a core falsify what goes by the clock. */
const FOREIGN = 0.1;

export const LEGEND = `Medians of the runs, with the least and the greatest in brackets. A ratio of 2 means twice as good.
† the generator was busy all the time: the server can do more than this
* other processes took more than ${FOREIGN * 100} % of a core meanwhile: what goes by the clock is less than it would be alone`;

/** What the figures were measured with and on. */
export function introduction({ command, date, machine, versions, runs, seconds }: About): string {
  const { cpu, cores, memoryGB, kernel } = machine;
  const lines = [
    ['command', command],
    ['machine', `${cpu}, ${cores} cores, ${memoryGB} GB, Linux ${kernel}`],
    ['runs', `${runs} of ${seconds} s each, ${date}`],
    ...Object.entries(versions),
  ];
  return table(lines);
}

/** A workload's tables, as a terminal shows them. */
export function asText(workload: Workload, { title, results, ratios, goals }: WorkloadResult): string {
  const figures = figuresOf(workload);
  const header = ['', ...figures.map((figure) => figure.title)];
  const absolute = [
    header,
    ...results.map((result) => [result.contender, ...figures.map((figure) => cell(figure, result))]),
  ];
  const pairs = new Map<string, string[]>();
  for (const { contender, against, times } of ratios) {
    const pair = `${contender} : ${against}`;
    pairs.set(pair, [...(pairs.get(pair) ?? [pair]), `${round(times)} ×`]);
  }
  const sections = [title, table(absolute)];
  if (pairs.size > 0) sections.push(table([header, ...pairs.values()]));
  if (goals.length > 0) sections.push(goals.map(goalLine).join('\n'));
  return sections.join('\n\n');
}

function cell(figure: Figure, { figures, generatorCpu, foreignCpu }: ContenderResult): string {
  const { median = Number.NaN, least = median, greatest = median } = figures[figure.title] ?? {};
  const shown = [median, least, greatest].map((value) => number(value, figure.digits ?? 0));
  const busy = figure.byClock && figure.better === 'higher' && generatorCpu >= BUSY_GENERATOR ? '†' : '';
  const contended = figure.byClock && foreignCpu >= FOREIGN ? '*' : '';
  return `${shown[0]}${busy}${contended} (${shown[1]}–${shown[2]})`;
}

function goalLine({ goal, reached, met }: GoalResult): string {
  const aim = 'atMost' in goal ? `at most ${goal.atMost}` : `at least ${goal.atLeast} × ${goal.against}`;
  return `${met ? 'met   ' : 'missed'} ${goal.contender}, ${goal.figure}: ${aim}, and it is ${round(reached)}`;
}

function round(value: number): string {
  return number(value, value < 10 ? 2 : 1);
}

function number(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Rows in columns; a table with a head has its figures to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const headed = rows[0]?.[0] === '';
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((text, column) => {
      const width = widths[column] ?? 0;
      return headed && column > 0 ? text.padStart(width) : text.padEnd(width);
    });
  return rows.map((row) => line(row).join('   ').trimEnd()).join('\n');
}
