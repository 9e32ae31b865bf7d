import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { LOG_LEVELS } from '../../spec/settings/logging.ts';
import type { Settings } from '../../spec/settings.ts';
import { LogFile } from './log-file.ts';
import { outlasting } from './log-outage.ts';
import { readableLine } from './readable-line.ts';
import { standardOutput } from './standard-output.ts';

type Level = Settings['logLevel'];
type LogSettings = Pick<Settings, 'logLevel' | 'logging'>;

/** Keys whose values never reach a log, at the top and one level down. */
const SECRET_KEYS = [
  'password',
  'tokenKey',
  'acceptedTokenKeys',
  'login',
  'apiKey',
  'apiKeys',
  'token',
  'authorization',
  'cookie',
];

/** JSON lines; a level is its name, a time is ISO 8601. */
export function createLogger(
  level: Level,
  destination: DestinationStream = outlasting('standard output', standardOutput()),
): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
    },
    destination,
  );
}

/**
 * The logger of `logging.destinations`. A line is written before the call that logs it returns, so that nothing is lost
 * however the process ends.
 *
 * @param worker the slot of one of several workers: each has files of its own
 * @throws TidegateError TG2008 when a file cannot be written to
 */
export function openLog({ logLevel, logging }: LogSettings, worker?: number): Logger {
  const streams = logging.destinations.map((destination, index) => ({
    level: destination.level ?? logLevel,
    stream: open(destination, { pretty: logging.pretty, worker, index }),
  }));
  const least = LOG_LEVELS.find((level) => streams.some((stream) => stream.level === level)) ?? logLevel;
  const log = createLogger(least, pino.multistream(streams));
  return worker === undefined ? log : log.child({ worker });
}

interface Circumstances {
  readonly pretty: boolean;
  readonly worker: number | undefined;
  /** Of the destination in the settings. */
  readonly index: number;
}

function open(
  destination: LogSettings['logging']['destinations'][number],
  { pretty, worker, index }: Circumstances,
): DestinationStream {
  if (destination.to === 'file') {
    const file = new LogFile(destination, { worker, setting: `logging.destinations.${index}.path` });
    return outlasting(destination.path, (line) => file.write(line));
  }
  const write = standardOutput();
  return outlasting('standard output', pretty ? (line) => write(readableLine(line)) : write);
}
