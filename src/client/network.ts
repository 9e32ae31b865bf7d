/** Whether the browser knows that it has no network. Elsewhere nobody knows. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}

/** Calls back when a browser finds or loses its network, until the signal ends that. */
export function watchNetwork(on: { online(): void; offline(): void }, signal: AbortSignal): void {
  globalThis.addEventListener?.('online', () => on.online(), { signal });
  globalThis.addEventListener?.('offline', () => on.offline(), { signal });
}
