import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { KIND, parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';
import { blocksOf } from './blocks.ts';

/** Documents in the blocks of YAML of a page. */
const documentsIn = (page: string) =>
  blocksOf(page, 'yaml').flatMap(({ text }) =>
    parseAllDocuments(text).map((document) => document.toJSON() as Record<string, unknown>),
  );

/** Parts of a spec: all of their keys are fields of one. */
const FIELDS = new Set(['route', 'autoscaling', 'server', 'tasks', 'postgres', 'migrations']);
const isPart = (document: Record<string, unknown>) => Object.keys(document).every((key) => FIELDS.has(key));

/** Whole environments: a base names none, and one that extends a base is right with that only. */
const isWhole = ({ kind, metadata, extends: base }: Record<string, unknown>) =>
  kind === KIND && metadata !== undefined && base === undefined;

describe('GIVEN the parts of specs in the documentation', () => {
  it.each([
    ['docs/routes.md', 1],
    ['docs/postgres.md', 3],
    ['docs/scaling.md', 4],
  ])('WHEN those of %s are read THEN they are right', (page, count) => {
    const specs = documentsIn(page).filter(isPart);
    expect(specs.length).toBe(count);
    for (const spec of specs) expect(() => parse(environment(spec))).not.toThrow();
  });
});

describe('GIVEN the environments in the documentation', () => {
  const pages = globSync(['README.md', 'docs/**/*.md']).filter((page) => documentsIn(page).some(isWhole));

  it('WHEN pages are looked through THEN that of the start is among them', () => {
    expect(pages).toContain('README.md');
  });

  it.each(pages)('WHEN those of %s are read THEN they are right', (page) => {
    for (const document of documentsIn(page).filter(isWhole)) expect(() => parse(document)).not.toThrow();
  });
});
