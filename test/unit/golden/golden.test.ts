import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { podTemplates } from './pod-templates.ts';

/** Environments of each release, and the pod templates that it made of them. */
const releases = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: release }) => {
    const folder = join(import.meta.dirname, release);
    return readdirSync(folder).map((file) => [release, file, join(folder, file)] as const);
  });

describe('GIVEN an environment that an earlier release delivered', () => {
  it.each(releases)('WHEN %s of %s is rendered now THEN no pod template differs', (_, __, path) => {
    const [document, ...templates] = parseAllDocuments(readFileSync(path, 'utf8')).map((one) => one.toJS());
    expect(templates.length).toBeGreaterThan(0);
    const now = podTemplates(document).map((text) => parseAllDocuments(text)[0]?.toJS());
    expect(now).toEqual(templates);
  });
});
