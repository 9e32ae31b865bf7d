import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Settings } from '../../spec/settings.ts';

/** Keys whose values never reach a log, at the top and one level down. */
const SECRET_KEYS = ['password', 'tokenKey', 'apiKeys', 'token', 'authorization', 'cookie'];

/** JSON lines; a level is its name, a time is ISO 8601. */
export function createLogger(
  level: Settings['logLevel'],
  destination: DestinationStream = pino.destination({ fd: 1, sync: true }),
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
