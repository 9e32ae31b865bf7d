/** Path parameters by name. */
export type Params = Readonly<Record<string, string>>;

const NO_PARAMS: Params = Object.freeze({});

/** Matches paths such as `/chat/:room`; a parameter is one segment, never empty. */
export class RoutePattern {
  /** As it was written. */
  readonly text: string;
  readonly #segments: readonly string[];
  readonly #isFixed: boolean;

  constructor(pattern: string) {
    this.text = pattern;
    this.#segments = pattern.split('/');
    this.#isFixed = !pattern.includes('/:');
  }

  /** The decoded parameters, or undefined when the path is another. */
  match(path: string): Params | undefined {
    if (this.#isFixed) return path === this.text ? NO_PARAMS : undefined;
    const segments = path.split('/');
    if (segments.length !== this.#segments.length) return undefined;
    const params: Record<string, string> = {};
    for (const [index, expected] of this.#segments.entries()) {
      const segment = segments[index] ?? '';
      if (!expected.startsWith(':')) {
        if (segment !== expected) return undefined;
        continue;
      }
      const value = decoded(segment);
      if (value === undefined || value === '') return undefined;
      params[expected.slice(1)] = value;
    }
    return params;
  }
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
