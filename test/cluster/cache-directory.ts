import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what was fetched or built stays from one run to the next. */
export function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidegate');
}
