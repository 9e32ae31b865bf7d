import type { RealtimeApp } from './app/application.ts';

const FORCED_EXIT_CODE = 130;
/** npm passes an interrupt on that the terminal has sent to everyone already. */
const DUPLICATE_WITHIN_MS = 1_000;

/**
 * Starts a server, runs it until SIGTERM or SIGINT, then drains it. A signal that comes while it starts counts as soon
 * as it has started. A second signal ends the process at once, with exit code 130, unless it comes so soon that it must
 * be the same one.
 *
 * @param stopped resolves with the reason to stop; the signals by default
 */
export async function runUntilStopped(
  start: () => Promise<Pick<RealtimeApp, 'log' | 'drain'>>,
  // Listened to before anything starts: whoever has read that the server listens may stop it right then.
  stopped: Promise<string> = stopSignal(),
): Promise<void> {
  const app = await start();
  app.log.info({ signal: await stopped }, 'Stopping');
  await app.drain();
}

/** The first SIGTERM or SIGINT; the next one ends the process. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const stop = (signal: NodeJS.Signals) => {
      const now = performance.now();
      firstAt ??= now;
      if (now - firstAt > DUPLICATE_WITHIN_MS) process.exit(FORCED_EXIT_CODE);
      resolve(signal);
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  });
}
