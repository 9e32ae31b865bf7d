import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Who saves a file often writes it more than once. */
const SETTLED_AFTER_MS = 50;

/** Tells when files change. Their directories are watched, since many editors put a new file in the place of the old one. */
export class FileWatch {
  readonly #changed: (file: string) => void;
  readonly #directories = new Map<string, { readonly names: Set<string>; readonly watcher: FSWatcher }>();
  #settling: NodeJS.Timeout | undefined;

  /** @param changed gets the file that changed last, once it has been left alone for 50 ms */
  constructor(changed: (file: string) => void) {
    this.#changed = changed;
  }

  /** @param file may be missing, but its directory is there */
  add(file: string): void {
    const path = dirname(file);
    const directory = this.#directories.get(path) ?? this.#open(path);
    directory?.names.add(basename(file));
  }

  close(): void {
    clearTimeout(this.#settling);
    for (const { watcher } of this.#directories.values()) watcher.close();
  }

  #open(path: string): { readonly names: Set<string> } | undefined {
    const names = new Set<string>();
    try {
      const watcher = watch(path, (_, name) => {
        if (name !== null && names.has(name)) this.#settle(`${path}/${name}`);
      });
      // It has been removed.
      watcher.on('error', () => this.#directories.delete(path));
      this.#directories.set(path, { names, watcher });
      return { names };
    } catch {
      // A directory that is missing cannot be watched: its importer is.
      return undefined;
    }
  }

  #settle(file: string): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#changed(file), SETTLED_AFTER_MS);
  }
}
