import { readFileSync } from 'node:fs';

/** A block of code in a page. */
export interface Block {
  readonly page: string;
  /** Line of the page that its first line is on. */
  readonly line: number;
  readonly text: string;
}

/** The blocks of a language in a page, in order. */
export function blocksOf(page: string, language: string): readonly Block[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length + 1,
    text: match[1] ?? '',
  }));
}
