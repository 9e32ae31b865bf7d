import { describe, expect, it } from 'vitest';
import { type EnvironmentInput, parse, parseKnown } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

const sidecar = { name: 'proxy', image: 'proxy:1', later: true };
const newer = environment({
  later: { deep: 1 },
  config: { GREETING: 'Hello' },
  server: {
    settings: { limits: { later: 7, connections: 6000 } },
    sidecars: [sidecar, { ...sidecar, name: 'b' }],
  },
});

describe('GIVEN an environment with fields of a newer version', () => {
  it('WHEN it is read as far as it is known THEN those are named, and the rest counts', () => {
    const { environment: known, unknown } = parseKnown(newer);
    expect(unknown.toSorted()).toEqual([
      'spec.later',
      'spec.server.settings.limits.later',
      'spec.server.sidecars.0.later',
      'spec.server.sidecars.1.later',
    ]);
    const { later: _, ...plain } = sidecar;
    const without = environment({
      config: { GREETING: 'Hello' },
      server: { settings: { limits: { connections: 6000 } }, sidecars: [plain, { ...plain, name: 'b' }] },
    });
    expect(known).toEqual(parse(without));
  });

  it('WHEN it is read from a file THEN each is refused, since it may be misspelt', () => {
    expect(() => parse(newer)).toThrow(
      /^TG1001 spec\.server\.settings\.limits\.later: This field does not exist/m,
    );
  });

  it('WHEN a case of a choice is new THEN that is refused: to go without it would be another environment', () => {
    const document = environment({ redis: { later: {} } }) as EnvironmentInput;
    expect(() => parseKnown(document)).toThrow(/^TG1101 spec\.redis: Exactly one of /);
  });

  it('WHEN what is known breaks a rule THEN that is told, and nothing of the unknown', () => {
    expect(() => parseKnown(environment({ later: 1, autoscaling: { min: 5, max: 3 } }))).toThrow(
      /^TG1104 spec\.autoscaling\.min: [^\n]*$/,
    );
  });

  it('WHEN every field is known THEN none is named', () => {
    expect(parseKnown(environment())).toEqual({ environment: parse(environment()), unknown: [] });
  });
});
