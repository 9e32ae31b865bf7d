import type { Contender } from './contender.ts';
import { OURS } from './contenders.ts';
import type { Run } from './measure.ts';
import type { Figure, Goal, Workload } from './workload.ts';

/** Median of the runs, with the least and the greatest. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** How many times better one of ours is than another in the medians of one figure. */
export interface Ratio {
  readonly contender: string;
  readonly against: string;
  readonly figure: string;
  readonly times: number;
}

export interface ContenderResult {
  readonly contender: string;
  readonly figures: Readonly<Record<string, Spread>>;
  /** The greatest of the runs. */
  readonly generatorCpu: number;
  readonly foreignCpu: number;
}

export interface GoalResult {
  readonly goal: Goal;
  readonly reached: number;
  readonly met: boolean;
}

export interface WorkloadResult {
  readonly name: string;
  readonly title: string;
  readonly results: readonly ContenderResult[];
  readonly ratios: readonly Ratio[];
  readonly goals: readonly GoalResult[];
}

/** Sums the runs of a workload up. */
export function summarize(workload: Workload, runs: ReadonlyMap<Contender, readonly Run[]>): WorkloadResult {
  const figures = figuresOf(workload);
  const results = [...runs].map(([contender, its]) => ({
    contender: contender.name,
    figures: Object.fromEntries(
      figures.map(({ title }) => [title, spread(its.map((run) => run.figures[title] ?? Number.NaN))]),
    ),
    generatorCpu: Math.max(...its.map((run) => run.generatorCpu)),
    foreignCpu: Math.max(...its.map((run) => run.foreignCpu)),
  }));
  const ratios = ratiosOf(figures, results);
  return {
    name: workload.name,
    title: workload.title,
    results,
    ratios,
    goals: goalsOf(workload, results, ratios),
  };
}

export function figuresOf({ loads }: Workload): readonly Figure[] {
  return loads.flatMap((load) => load.figures);
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = sorted.length / 2;
  const median = sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
  return { median, least: at(0), greatest: at(sorted.length - 1) };
}

function ratiosOf(figures: readonly Figure[], results: readonly ContenderResult[]): Ratio[] {
  const ours = results.filter(({ contender }) => OURS.has(contender));
  const theirs = results.filter(({ contender }) => !OURS.has(contender));
  return ours.flatMap((our) =>
    theirs.flatMap((their) =>
      figures.map(({ title, better }) => {
        const [a, b] = [our.figures[title]?.median ?? Number.NaN, their.figures[title]?.median ?? Number.NaN];
        const times = better === 'higher' ? a / b : b / a;
        return { contender: our.contender, against: their.contender, figure: title, times };
      }),
    ),
  );
}

function goalsOf(
  { goals }: Workload,
  results: readonly ContenderResult[],
  ratios: readonly Ratio[],
): GoalResult[] {
  return goals.flatMap((goal) => {
    const reached =
      'atMost' in goal
        ? results.find(({ contender }) => contender === goal.contender)?.figures[goal.figure]?.median
        : ratios.find(
            ({ contender, against, figure }) =>
              contender === goal.contender && against === goal.against && figure === goal.figure,
          )?.times;
    if (reached === undefined) return [];
    return [{ goal, reached, met: 'atMost' in goal ? reached <= goal.atMost : reached >= goal.atLeast }];
  });
}
