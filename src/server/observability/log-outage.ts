import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** For so long a destination that failed is left alone: one that now and then has room would be told of without end. */
const TRY_AGAIN_AFTER_MS = 5_000;
const STANDARD_ERROR = 2;

/**
 * Lets the server outlast a destination of its log, such as a disk that is full: lines are lost, not kept, until it takes
 * them again. Standard error is told when that begins, and the log itself, once it goes on, how many they were.
 */
export function outlasting(
  destination: string,
  write: (line: string) => void,
  now: () => number = () => performance.now(),
): DestinationStream {
  let lost = 0;
  let failedAt = 0;
  return {
    write(line) {
      if (lost > 0 && now() - failedAt < TRY_AGAIN_AFTER_MS) {
        lost += 1;
        return;
      }
      try {
        if (lost > 0) write(lossLine(lost));
        lost = 0;
        write(line);
      } catch (error) {
        if (lost === 0) tell(destination, error as NodeJS.ErrnoException);
        lost += 1;
        failedAt = now();
      }
    },
  };
}

function lossLine(lines: number): string {
  const line = { level: 'warn', time: new Date().toISOString(), lines, msg: 'Lines of the log were lost' };
  return `${JSON.stringify(line)}\n`;
}

function tell(destination: string, { code, message }: NodeJS.ErrnoException): void {
  const text = `tidegate: The log cannot be written to ${destination} (${code ?? message}), and goes on without\n`;
  try {
    writeSync(STANDARD_ERROR, text);
  } catch {
    // It is on the same disk, perhaps.
  }
}
