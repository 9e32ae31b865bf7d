/** One directive of a configuration, as nginx reads it. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: readonly Directive[];
}

/** Reads a configuration by nginx's own rules for quotes, escapes and comments; throws where nginx would. */
export function readNginx(text: string): readonly Directive[] {
  const tokens = [...tokensOf(text)];
  const read = (inside: boolean): readonly Directive[] => {
    const directives: Directive[] = [];
    let words: string[] = [];
    for (let token = tokens.shift(); token !== undefined; token = tokens.shift()) {
      if (token.kind === 'word') words.push(token.text);
      else if (token.kind === '}') {
        if (!inside || words.length > 0) throw new Error('Unexpected }');
        return directives;
      } else {
        const [name, ...args] = words;
        if (name === undefined) throw new Error(`Unexpected ${token.kind}`);
        directives.push({ name, args, block: token.kind === '{' ? read(true) : [] });
        words = [];
      }
    }
    if (inside || words.length > 0) throw new Error('Unexpected end of file');
    return directives;
  };
  return read(false);
}

/** All directives of a name below a path of blocks, for example `http`, `server`, `listen`. */
export function find(tree: readonly Directive[], ...path: readonly string[]): readonly Directive[] {
  const [name, ...rest] = path;
  const found = tree.filter((directive) => directive.name === name);
  return rest.length === 0 ? found : found.flatMap(({ block }) => find(block, ...rest));
}

type Token = { readonly kind: 'word'; readonly text: string } | { readonly kind: ';' | '{' | '}' };

function* tokensOf(text: string): Generator<Token> {
  const pattern =
    /\s+|#[^\n]*|([;{}])|"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|((?:[^\s;{}"'\\]|\\[\s\S])(?:[^\s;{\\]|\\[\s\S]|(?<=\$)\{)*)/y;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new Error(`Unexpected ${JSON.stringify(text.slice(at, at + 20))}`);
    const [, sign, double, single, bare] = match;
    if (sign !== undefined) yield { kind: sign as ';' | '{' | '}' };
    const word = double ?? single ?? bare;
    if (word !== undefined) yield { kind: 'word', text: word.replace(/\\(["'\\])/g, '$1') };
  }
}
