import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import acme from '../../../../examples/extension/tidegate.config.ts';
import type { Extension, FrontDoor } from '../../../../src/constructs/index.ts';
import { type EnvironmentInput, parse } from '../../../../src/spec/index.ts';
import { validEnvironment } from '../../spec/arbitrary.ts';
import { treeOf } from './additions.ts';
import { FRONT_DOORS } from './front-doors.ts';

/** `TIDEGATE_TEST_SPECS=1000 vitest run --project unit test/unit/delivery/parity` takes a minute. */
const SPECS = Number(process.env.TIDEGATE_TEST_SPECS ?? 150);

const through = async (door: FrontDoor, document: EnvironmentInput, extension?: Extension) =>
  treeOf(door, parse(document), await FRONT_DOORS[door](document, extension));

/** The document as the extension of the example wants it. */
function fromRegistry(document: EnvironmentInput): EnvironmentInput {
  const { server } = document.spec;
  const own = { image: 'registry.acme.example/chat:1', sidecars: server?.sidecars?.slice(0, 7) };
  return { ...document, spec: { ...document.spec, server: { ...server, ...own } } };
}

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

describe('GIVEN twenty random environments and the extension of the example', () => {
  it('WHEN each is delivered by all front doors THEN the trees are equal, and the extension shows', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(validEnvironment, async (random) => {
        const document = fromRegistry(random);
        const files = await through('gitops', document, acme);
        const { name, namespace } = parse(document, acme.rules).metadata;
        const probe = `monitoring.coreos.com/v1 Probe ${namespace}/${name}-availability`;
        expect(Object.keys(files)).toContain(probe);
        expect(JSON.stringify(files[`apps/v1 Deployment ${namespace}/${name}-server`])).toContain(
          '"collector"',
        );
        for (const door of ['cli', 'operator', 'pulumi'] as const) {
          expect(await through(door, document, acme)).toEqual(files);
        }
      }),
      { numRuns: 20 },
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
