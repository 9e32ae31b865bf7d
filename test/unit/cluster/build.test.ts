import { describe, expect, it } from 'vitest';
import { stagingReplacements } from '../../cluster/tools/build.ts';
import { RECIPES, recipeNameOf } from '../../cluster/tools/recipes.ts';

describe('GIVEN a go.mod that points at folders of its repository', () => {
  const goMod = `module k8s.io/kubernetes

go 1.24.0

require k8s.io/api v0.0.0

replace (
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/client-go => ./staging/src/k8s.io/client-go
	example.com/other => example.com/fork v1.0.0
)
`;
  it('WHEN it is built from outside THEN each folder becomes the module of the same release', () => {
    expect(stagingReplacements(goMod, RECIPES.hyperkube)).toEqual([
      'replace k8s.io/api => k8s.io/api v0.34.4',
      'replace k8s.io/client-go => k8s.io/client-go v0.34.4',
    ]);
  });
  it('WHEN the recipe replaces nothing THEN nothing is replaced', () => {
    expect(stagingReplacements(goMod, {})).toEqual([]);
  });
});

describe('GIVEN a name of one of the programs', () => {
  it.each([
    ['kubectl', 'hyperkube'],
    ['etcd', 'hyperkube'],
    ['helm', 'helm'],
    ['envoy', 'envoy'],
  ] as const)('WHEN it is %s THEN the recipe is %s', (tool, recipe) => {
    expect(recipeNameOf(tool)).toBe(recipe);
  });
});

describe('GIVEN the recipes', () => {
  it('WHEN a version is read THEN it is exact, so that every machine builds the same program', () => {
    for (const { version } of Object.values(RECIPES)) expect(version).toMatch(/^\d+(\.\d+\.\d+\S*)?$/);
  });
});
