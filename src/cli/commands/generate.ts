import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from '../../platform/make-directory.ts';
import { generatedFiles } from '../generated-files.ts';
import { EXIT } from '../report.ts';

/** `tidegate generate`: brings every derived file up to date, or with `--check` says which are not. */
export function generate(options: { check: boolean }): void {
  const stale = [...generatedFiles()].filter(([path, text]) => read(path) !== text);
  for (const [path, text] of stale) {
    console.log(options.check ? `${path} is out of date; run npm run generate` : path);
    if (options.check) continue;
    makeDirectory(dirname(path));
    writeFileSync(path, text);
  }
  if (options.check && stale.length > 0) process.exitCode = EXIT.failed;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
