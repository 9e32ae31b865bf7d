/** Lines of a configuration, without the indentation of the block they are put in. */
export type Lines = readonly string[];

/** A block with its lines inside, for example `server { … }`. */
export function block(head: string, lines: Lines): Lines {
  return [`${head} {`, ...lines.map((line) => (line === '' ? '' : `    ${line}`)), '}'];
}

/** A text as one argument, whatever is in it. The schema keeps out `$`, which nginx gives no way to escape. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Lines that are there only under a condition. */
export function when(condition: boolean, lines: Lines): Lines {
  return condition ? lines : [];
}

/** Groups of lines with an empty line between them. */
export function paragraphs(groups: readonly Lines[]): Lines {
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index) => (index === 0 ? group : ['', ...group]));
}
