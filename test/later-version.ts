import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = resolve(import.meta.dirname, '..');
const LIMITS = 'src/spec/settings/limits.ts';
const FIRST_LIMIT = '    messageBytes: z\n';

/** A release that is yet to come: this one, with another version and a setting that is new. */
export class LaterVersion {
  readonly version = '99.0.0';
  /** The setting that is new, with its path from `spec`. */
  readonly setting = 'server.settings.limits.later';
  /** Its checkout: `package.json`, `node_modules`, `src` and `environments`. */
  readonly directory = mkdtempSync(join(tmpdir(), 'tidegate-later-'));
  /** Program `tidegate` of it, for node. */
  readonly program = join(this.directory, 'src/cli/main.ts');

  constructor() {
    for (const name of ['src', 'environments', 'package.json']) {
      cpSync(join(ROOT, name), join(this.directory, name), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.directory, 'node_modules'));
    this.#replace('package.json', /"version": "[^"]*"/, `"version": "${this.version}"`);
    const setting = `    later: z.int().min(0).max(99).default(7).describe('What there is later'),\n`;
    this.#replace(LIMITS, FIRST_LIMIT, `${setting}${FIRST_LIMIT}`);
  }

  /** A module of it, such as `spec/index.ts`. */
  async import<M>(path: string): Promise<M> {
    return (await import(pathToFileURL(join(this.directory, 'src', path)).href)) as M;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  #replace(path: string, search: string | RegExp, replacement: string): void {
    const file = join(this.directory, path);
    const text = readFileSync(file, 'utf8');
    const replaced = text.replace(search, replacement);
    if (replaced === text) throw new Error(`${path} has nothing to replace`);
    writeFileSync(file, replaced);
  }
}
