const LOOK_EVERY_MS = 250;

/**
 * Under npm, ends this process as SIGTERM does once its shell has gone. npm gives SIGTERM to the shell it runs scripts in,
 * and that dies without passing it on; the server would stay behind and keep the port.
 */
export function stopWhenOrphaned(): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS).unref();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => clearInterval(timer));
}
