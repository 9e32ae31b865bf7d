import type { RealtimeApp } from './realtime.ts';

const FORCED_EXIT_CODE = 130;
/** npm passes an interrupt on that the terminal has sent to everyone already. */
const DUPLICATE_WITHIN_MS = 1_000;

/**
 * Runs a server until SIGTERM or SIGINT, then drains it. A second signal ends the process at once, with exit code 130,
 * unless it comes so soon that it must be the same one.
 */
export async function runUntilStopped(app: Pick<RealtimeApp, 'log' | 'drain'>): Promise<void> {
  await new Promise<void>((resolve) => {
    let firstAt: number | undefined;
    const stop = (signal: NodeJS.Signals) => {
      const now = performance.now();
      if (firstAt === undefined) {
        firstAt = now;
        app.log.info({ signal }, 'Stopping');
        resolve();
      } else if (now - firstAt > DUPLICATE_WITHIN_MS) {
        app.log.warn({ signal }, 'Stopping at once');
        process.exit(FORCED_EXIT_CODE);
      }
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  });
  await app.drain();
}
