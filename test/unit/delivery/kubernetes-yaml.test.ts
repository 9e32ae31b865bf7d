import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { render } from '../../../src/constructs/index.ts';
import { readEnvironments } from '../../../src/delivery/environment-files.ts';
import { kubernetesYaml } from '../../../src/delivery/kubernetes-yaml.ts';

describe('GIVEN texts that YAML 1.1 takes for something else', () => {
  it.each(['off', 'On', 'yes', 'NO', 'y', 'E0', 'e-0', '0o17', '1:30', '1_000', 'true', '~'])(
    'WHEN %s is written THEN it stays a text',
    (text) => {
      expect(parse(kubernetesYaml({ text }), { version: '1.1' })).toEqual({ text });
    },
  );
});

describe('GIVEN any data', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[a-z :#\n-]{0,12}$/),
    fc.constantFrom('a: b', 'a #b', '- a', ' a\nb\n', 'a\n  b\n', 'a\n\n', '\n', 'a \n b', '---', 'a\n---\n'),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      ...[text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()],
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    ),
  }));

  it('WHEN it is written THEN both versions of YAML read it back', () => {
    fc.assert(
      fc.property(value, (data) => {
        const written = kubernetesYaml({ data });
        const expected = JSON.parse(JSON.stringify({ data }));
        expect(JSON.parse(JSON.stringify(parse(written, { version: '1.2' })))).toEqual(expected);
        expect(JSON.parse(JSON.stringify(parse(written, { version: '1.1', merge: false })))).toEqual(
          expected,
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('GIVEN the example environments', () => {
  it('WHEN their objects are written THEN it is what the library writes', () => {
    const options = { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const;
    const objects = readEnvironments(['environments']).flatMap((one) => render(one));
    expect(objects.map(kubernetesYaml)).toEqual(objects.map((object) => stringify(object, options)));
  });
});
