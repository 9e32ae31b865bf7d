/** Settings of one source, and what errors call it. */
export interface Layer {
  readonly source: string;
  readonly settings: object;
}

/** Settings as they were given, the last source winning, and which source that was. */
export class GivenSettings {
  readonly values: Record<string, unknown> = {};
  readonly #sources = new Map<string, string>();

  merge({ settings, source }: Layer, path: readonly string[] = []): void {
    for (const [key, value] of Object.entries(settings)) {
      if (value === undefined) continue;
      if (isObject(value)) this.merge({ settings: value, source }, [...path, key]);
      else this.set([...path, key], value, source);
    }
  }

  set(path: readonly string[], value: unknown, source: string): void {
    let target = this.values;
    for (const key of path.slice(0, -1)) {
      if (!isObject(target[key])) target[key] = {};
      target = target[key] as Record<string, unknown>;
    }
    target[path.at(-1) ?? ''] = value;
    this.#sources.set(path.join('.'), source);
  }

  get(path: readonly string[]): unknown {
    return at(this.values, path);
  }

  /** Takes a value out; its source is still known. */
  remove(path: readonly string[]): void {
    const holder = this.get(path.slice(0, -1));
    if (isObject(holder)) delete holder[path.at(-1) ?? ''];
  }

  /** The source of a setting, or of the one that holds it, or of the first within it. */
  sourceOf(path: readonly string[]): string | undefined {
    for (let length = path.length; length > 0; length -= 1) {
      const source = this.#sources.get(path.slice(0, length).join('.'));
      if (source !== undefined) return source;
    }
    const within = `${path.join('.')}.`;
    return [...this.#sources].find(([key]) => key.startsWith(within))?.[1];
  }
}

/** What is at a path of nested objects, or undefined. */
export function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce((holder, key) => (isObject(holder) ? holder[key] : undefined), value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
