import { type Document, isAlias, isMap, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { TidegateError } from '../../spec/index.ts';

/**
 * Sets one field of a document in a text of YAML, and leaves every other byte as it is. A field that is not there is added
 * at the end of the mapping that is to hold it.
 *
 * @param text the text that the document was read from
 * @param path names of the mappings and of the field in the last of them
 * @param value text that needs no quotes
 * @throws TidegateError when the document borrows the field from elsewhere by an alias or an anchor
 */
export function setField(text: string, document: Document, path: readonly string[], value: string): string {
  let node: unknown = document.contents;
  for (const [depth, key] of path.entries()) {
    if (!isMap(node)) throw notPlain(path);
    const next = node.get(key, true) as Node | undefined;
    if (next === undefined) return add(text, node, entryOf(path.slice(depth), value));
    node = next;
  }
  if (!isScalar(node) || isAlias(node) || node.anchor !== undefined || !node.range) throw notPlain(path);
  const [start, end] = node.range;
  const source = text.slice(start, end);
  const quote = /^["']/.exec(source)?.[0] ?? '';
  if (source !== `${quote}${node.value}${quote}`) throw notPlain(path);
  return replace(text, start, end, `${quote}${value}${quote}`);
}

/** `server: { image: … }` */
function entryOf(path: readonly string[], value: string): string {
  const [key, ...rest] = path;
  return rest.length === 0 ? `${key}: ${value}` : `${key}: { ${entryOf(rest, value)} }`;
}

function add(text: string, map: YAMLMap, entry: string): string {
  const [first, last] = [map.items[0], map.items.at(-1)] as (Pair<Node, Node | null> | undefined)[];
  if (first === undefined || last === undefined) {
    const [start = 0, end = 0] = map.range ?? [];
    return replace(text, start, end, `{ ${entry} }`);
  }
  const end = last.value?.range?.[1] ?? last.key.range?.[1] ?? text.length;
  if (map.flow) return replace(text, end, end, `, ${entry}`);
  // Behind the line's comment, and before blank lines.
  const lineEnd = /\r?\n|$/g;
  lineEnd.lastIndex = text.slice(0, end).trimEnd().length;
  const { index = text.length } = lineEnd.exec(text) ?? {};
  const keyStart = first.key.range?.[0] ?? 0;
  const indent = ' '.repeat(keyStart - (text.lastIndexOf('\n', keyStart - 1) + 1));
  return replace(text, index, index, `${text.includes('\r\n') ? '\r\n' : '\n'}${indent}${entry}`);
}

function replace(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

function notPlain(path: readonly string[]): TidegateError {
  const reason = 'It cannot be changed here alone: it is an alias, has an anchor, or spans lines';
  return TidegateError.of('TG1003', path.join('.'), reason, 'Write its value out, on one line');
}
