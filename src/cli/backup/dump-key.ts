/** Ends the key of a dump, and that of the file beside it with its checksum, as `sha256sum` writes it. */
const DUMP = '.dump';
const CHECKSUM = '.sha256';

/** Key of a dump that is taken at a time; keys sort as times do. */
export function dumpKey(prefix: string, at: Date): string {
  return `${prefix}/${at.toISOString().replace(/[-:]|\.\d+/g, '')}${DUMP}`;
}

/** Key of the checksum of a dump. It is written last, so that a dump without one is not whole. */
export function checksumKey(dump: string): string {
  return `${dump}${CHECKSUM}`;
}

/** Dumps among the keys of a bucket, the newest first; those that are not whole are left out. */
export function wholeDumps(prefix: string, keys: readonly string[]): readonly string[] {
  const known = new Set(keys);
  return keys
    .filter((key) => isOf(prefix, key) && key.endsWith(DUMP) && known.has(checksumKey(key)))
    .sort()
    .reverse();
}

/**
 * Keys to delete so that the newest dumps are kept: older dumps with their checksums, the checksum first, and what uploads
 * before them left unfinished.
 */
export function surplus(prefix: string, keys: readonly string[], keep: number): readonly string[] {
  const oldest = wholeDumps(prefix, keys)[keep - 1];
  if (oldest === undefined) return [];
  return keys
    .filter((key) => isOf(prefix, key) && key < oldest)
    .sort()
    .reverse();
}

/** Whether a key is that of a dump or a checksum of this very path: paths below it are those of others. */
function isOf(prefix: string, key: string): boolean {
  const name = key.startsWith(`${prefix}/`) ? key.slice(prefix.length + 1) : '/';
  return !name.includes('/') && [DUMP, CHECKSUM].some((end) => name.endsWith(end));
}
