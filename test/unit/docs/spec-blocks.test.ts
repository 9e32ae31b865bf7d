import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

/** Blocks of YAML in a page that are part of a spec: their first key is one of its fields. */
function specsIn(page: string): readonly Record<string, unknown>[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms)].map(
    ([, text = '']) => text,
  );
  return blocks
    .map((text) => parseYaml(text) as Record<string, unknown>)
    .filter((block) => Object.keys(block).every((key) => FIELDS.has(key)));
}

const FIELDS = new Set(['route', 'autoscaling', 'server', 'tasks']);

describe('GIVEN the parts of specs in the documentation', () => {
  it.each([
    ['docs/routes.md', 1],
    ['docs/scaling.md', 4],
  ])('WHEN those of %s are read THEN they are right', (page, count) => {
    const specs = specsIn(page);
    expect(specs.length).toBe(count);
    for (const spec of specs) expect(() => parse(environment(spec))).not.toThrow();
  });
});
