import { setFlagsFromString } from 'node:v8';

/** By how much of what was in use after a full collection the heap may grow until the next one. */
const GROWTH_PERCENT = 100;

/**
 * Has V8 collect the whole heap only when it has doubled. By itself V8 does so after a seventh where little is allocated, and it
 * counts memory of buffers in: one client that sends long messages then brings about a pause each second, of 10 ms and more,
 * that everybody waits for. The price is that much more memory at the most.
 */
export function collectSeldom(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
