const FIRST_MS = 100;
const MOST_MS = 5_000;

/** Milliseconds to wait before the n-th new attempt (from 1): doubling, at most 5 s by default, half of it random. */
export function retryDelay(attempt: number, mostMs = MOST_MS): number {
  const ceiling = Math.min(mostMs, FIRST_MS * 2 ** Math.min(attempt - 1, 10));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
