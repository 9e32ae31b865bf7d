import { z } from 'zod';

const MINUTES = { m: 1, h: 60, d: 1_440 } as const;

/** A whole number of minutes, hours or days, such as `90m`, `8h` or `3d`. */
export const duration = z
  .string()
  .max(6)
  .regex(/^[1-9]\d{0,4}[mhd]$/, 'Must be a whole number of minutes, hours or days, such as 90m, 8h or 3d');

/** Milliseconds that a duration stands for. */
export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * MINUTES[text.slice(-1) as keyof typeof MINUTES] * 60_000;
}

/** Minutes of a duration, in CEL. */
export function minutesCel(text: string): string {
  const unit = Object.entries(MINUTES)
    .slice(1)
    .reduce((otherwise, [name, minutes]) => `(${text}.endsWith('${name}') ? ${minutes} : ${otherwise})`, '1');
  return `(int(${text}.substring(0, size(${text}) - 1)) * ${unit})`;
}
