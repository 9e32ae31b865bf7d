import { styleText } from 'node:util';

const COLOURS = { '+': 'green', '-': 'red', '~': 'yellow' } as const;

/** What becomes of a line: it is new, goes, or changes. */
export type Sign = keyof typeof COLOURS;

/** A line in the colour of its sign; plain when it is for no terminal, or when NO_COLOR is set. */
export function painted(sign: Sign, line: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(COLOURS[sign], line, { stream });
}
