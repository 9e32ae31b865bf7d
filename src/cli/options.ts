import { InvalidArgumentError } from 'commander';

/** Reads an option as a whole number within bounds. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Reads an option as a TCP port; 0 stands for any free one. */
export const port = integer(0, 65_535);

const UNITS = { s: 1, m: 60, h: 3_600 } as const;

/** Reads an option as a length of time, in seconds. */
export function seconds(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,4})([smh])$/.exec(text) ?? [];
  if (unit !== undefined) return Number(count) * UNITS[unit as keyof typeof UNITS];
  throw new InvalidArgumentError(
    'It must be a whole number of seconds, minutes or hours, such as 90s, 10m or 1h.',
  );
}

/** Reads an option as names that are separated by commas. */
export function names(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
