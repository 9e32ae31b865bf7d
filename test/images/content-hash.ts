import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Hash of files, and of all files below directories, with their paths and modes, and of further facts. */
export function contentHash(paths: readonly string[], facts: readonly string[] = []): string {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesBelow).sort()) {
    const mode = statSync(file).mode & 0o111;
    hash.update(`${file}\0${mode}\0${readFileSync(file).length}\0`).update(readFileSync(file));
  }
  for (const fact of facts) hash.update(`${fact}\0`);
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}
