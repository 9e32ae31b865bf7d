import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const pages = globSync(['*.md', 'docs/**/*.md', 'test/**/*.md', 'charts/**/*.md']);

describe('GIVEN the pages of the documentation', () => {
  it.each(pages)('WHEN %s points to a file THEN it is there', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, to = '']) => to);
    const files = links.filter((to) => !/^[a-z]+:/.test(to));
    expect(files.filter((to) => !existsSync(join(dirname(page), to)))).toEqual([]);
  });
});
