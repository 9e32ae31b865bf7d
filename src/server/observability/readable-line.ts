/** Fields that are the line itself; the others follow as `key=value`. */
interface Line {
  readonly time: string;
  readonly level: string;
  readonly msg?: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
  readonly [key: string]: unknown;
}

/** Turns a JSON line of the log into `14:03:07 info  Listening port=8000`, for people; the stack of an error follows it. */
export function readableLine(json: string): string {
  const { time, level, msg = '', err, ...rest } = JSON.parse(json) as Line;
  const fields = Object.entries({ ...rest, ...(err?.message !== undefined && { reason: err.message }) });
  const details = fields.map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const frames = err?.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  const line = `${time.slice(11, 19)} ${level.padEnd(5)} ${msg}${details.join('')}`;
  return `${[line, ...frames].join('\n')}\n`;
}
