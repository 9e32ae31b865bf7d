/** A reconciliation that failed and would fail again: it is not tried again before something changes. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}
