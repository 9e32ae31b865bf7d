import { pino } from 'pino';

/** Lines that wait while standard output takes none; more are lost. */
const WAITING_BYTES = 1_048_576;

/** Writes to standard output, at once. @throws what keeps it from being written to */
export function standardOutput(): (line: string) => void {
  const stream = pino.destination({ fd: 1, sync: true, maxLength: WAITING_BYTES });
  let failure: Error | undefined;
  stream.on('error', (error: Error) => {
    failure = error;
  });
  return (line) => {
    failure = undefined;
    stream.write(line);
    if (failure !== undefined) throw failure;
  };
}
