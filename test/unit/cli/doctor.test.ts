import { describe, expect, it } from 'vitest';
import { storeNeeds } from '../../../src/cli/doctor/stores.ts';
import { render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

/** StorageClasses that are looked for. */
function classes(spec: Record<string, unknown>): readonly string[] {
  const parsed = parse(environment(spec));
  const needs = storeNeeds({ environment: parsed, objects: render(parsed) });
  return needs.map(({ what }) => what).filter((what) => what.includes('StorageClass'));
}

describe('GIVEN an environment whose stores have volumes', () => {
  it.each<[string, Record<string, unknown>, readonly string[]]>([
    [
      'Redis and Postgres have one each',
      { postgres: { standalone: { storageClassName: 'fast' } } },
      ['Default StorageClass', 'StorageClass fast'],
    ],
    [
      'CloudNativePG runs Postgres',
      { redis: { inProcess: {} }, autoscaling: { min: 1, max: 1 }, postgres: { cloudNativePG: {} } },
      ['Default StorageClass'],
    ],
  ])('WHEN %s THEN their classes are looked for', (_, spec, wanted) => {
    expect(classes(spec)).toEqual(wanted);
  });
});
