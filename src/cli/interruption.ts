/**
 * Aborted by the first Ctrl-C or request to end, so that a command can say what goes on. The second one ends the process as
 * without this.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const abort = () => {
    process.off('SIGINT', abort).off('SIGTERM', abort);
    controller.abort();
  };
  process.on('SIGINT', abort).on('SIGTERM', abort);
  return controller.signal;
}
