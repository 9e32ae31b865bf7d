import type { Writable } from 'node:stream';

/** Fields that are the line itself; the others follow as `key=value`. */
interface Line {
  readonly time: string;
  readonly level: string;
  readonly msg?: string;
  readonly [key: string]: unknown;
}

/** Turns the log's JSON lines into `14:03:07 info  Listening port=8000`, for people. */
export function readableLog(output: Writable): { write(line: string): void } {
  return { write: (line) => output.write(readable(line)) };
}

function readable(line: string): string {
  const { time, level, msg = '', err, ...rest } = JSON.parse(line) as Line;
  const reason = (err as { message?: string } | undefined)?.message;
  const fields = Object.entries({ ...rest, ...(reason !== undefined && { reason }) });
  const details = fields.map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${msg}${details.join('')}\n`;
}
