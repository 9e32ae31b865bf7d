import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { explainField } from '../../../src/cli/explain-field.ts';

const explain = (...args: readonly string[]) => {
  const all = ['src/cli/main.ts', 'explain', ...args];
  const { status, stdout, stderr } = spawnSync('node', all, { encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('GIVEN a field of the spec', () => {
  it('WHEN it is explained THEN meaning, type, default and rules are those of the schema', () => {
    expect(explainField('spec.autoscaling.min')).toEqual({
      path: 'spec.autoscaling.min',
      type: 'integer 1–1000',
      description: 'Least replicas',
      required: false,
      default: 2,
      late: false,
      rules: [{ code: 'TG1104', refusal: 'autoscaling.min is more than autoscaling.max' }],
      fields: [],
    });
  });

  it.each([
    ['autoscaling.min', 'spec.autoscaling.min'],
    ['spec.config.GREETING', 'spec.config.<name>'],
    ['server.secretEnv.TOKEN.key', 'spec.server.secretEnv.<name>.key'],
    ['route.trustedProxies[0]', 'spec.route.trustedProxies'],
    ['status.conditions.type', 'status.conditions.type'],
  ])('WHEN it is written as %s THEN it is %s', (written, path) => {
    expect(explainField(written).path).toBe(path);
  });

  it.each([
    ['server.image', true],
    ['spec.config.GREETING', true],
    ['postgres.external.port', true],
    ['server.sidecars.image', true],
    ['route.ingress.className', false],
    ['retention', false],
  ])('WHEN it is %s THEN that it may be late is %s', (path, late) => {
    expect(explainField(path).late).toBe(late);
  });

  it('WHEN a rule of the whole spec speaks of it THEN it is told there', () => {
    expect(explainField('redis.inProcess').rules.map(({ code }) => code)).toEqual(['TG1105']);
  });

  it.each([
    ['spec.autoscalign.min', 'The nearest are spec.autoscaling.min.'],
    ['reconnectsPerSecond', 'The nearest are spec.drain.reconnectsPerSecond.'],
    ['route.ingres', 'The nearest are spec.route.ingress.'],
    ['zzzzzzz', 'Give a path that tidegate explain --recursive lists.'],
  ])('WHEN there is none called %s THEN the nearest are named', (written, hint) => {
    expect(() => explainField(written)).toThrow(
      `TG6001 ${written}: The schema has no such field. ${hint.slice(0, 15)}`,
    );
    expect(() => explainField(written)).toThrow(hint.slice(0, -1));
  });
});

describe('GIVEN tidegate explain', () => {
  it('WHEN its output is no terminal THEN it is plain text', () => {
    expect(explain('drain')).toEqual({
      status: 0,
      stdout: `FIELD     spec.drain
TYPE      object

How replicas let go of their sockets.

FIELDS
  NAME                 TYPE               DEFAULT  MEANING
  reconnectsPerSecond  integer 1–1000000  1000     Sockets the whole environment lets go a second while replicas are replaced
  graceSeconds         integer 1–86400    –        Seconds a replica has to drain; derived by default, and refused if shorter than the drain
  rebalance            boolean            false    Whether replicas with clearly more sockets than the others let the surplus go, at reconnectsPerSecond, as after a scale-out
`,
      stderr: '',
    });
  });

  it('WHEN all beneath a field is asked for, as JSON, THEN it is there', () => {
    const { fields } = JSON.parse(explain('redis', '--recursive', '-o', 'json').stdout);
    expect(fields[0].fields.map(({ path }: { path: string }) => path)).toContain(
      'spec.redis.standalone.storage',
    );
  });

  it('WHEN the field is unknown THEN one sentence says so and the shell sees 1', () => {
    expect(explain('spec.hots')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'tidegate: TG6001 spec.hots: The schema has no such field. The nearest are spec.host.\n',
    });
  });
});
