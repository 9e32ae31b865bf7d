import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FrontDoor } from '../../../../src/constructs/index.ts';
import { type EnvironmentInput, parse } from '../../../../src/spec/index.ts';
import { validEnvironment } from '../../spec/arbitrary.ts';
import { treeOf } from './additions.ts';
import { FRONT_DOORS } from './front-doors.ts';

/** `TIDEGATE_TEST_SPECS=1000 vitest run --project unit test/unit/delivery/parity` takes a minute. */
const SPECS = Number(process.env.TIDEGATE_TEST_SPECS ?? 150);

const through = async (door: FrontDoor, document: EnvironmentInput) =>
  treeOf(door, parse(document), await FRONT_DOORS[door](document));

describe(`GIVEN ${SPECS} random valid environments`, () => {
  it('WHEN each is delivered by GitOps, by hand, by Pulumi and by the operator THEN the trees are equal', {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(validEnvironment, async (document) => {
        const files = await through('gitops', document);
        expect(await through('cli', document)).toEqual(files);
        expect(await through('operator', document)).toEqual(files);
        expect(await through('pulumi', document)).toEqual(files);
      }),
      { numRuns: SPECS },
    );
  });
});

describe('GIVEN what only a delivery adds', () => {
  it('WHEN an addition is missing or holds something else THEN it counts as a difference', async () => {
    const document = fc.sample(validEnvironment, 1)[0] as EnvironmentInput;
    const delivered = await FRONT_DOORS.operator(document);
    expect(() => treeOf('gitops', parse(document), delivered)).toThrow(
      'gitops: metadata.labels.app.kubernetes.io/managed-by is tidegate-operator',
    );
  });
});
