import { describe, expect, it } from 'vitest';
import { parse, SpecError } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';
import { WRONG_SPECS } from '../wrong-specs.ts';

function problems(input: unknown) {
  try {
    parse(input);
  } catch (error) {
    if (error instanceof SpecError) return error.problems.map(({ code, path }) => `${code} ${path}`.trim());
    throw error;
  }
  return [];
}

describe('GIVEN a spec of two fields', () => {
  it('WHEN it is parsed THEN every other field has its default', () => {
    const { metadata, spec } = parse(environment());

    expect(metadata).toEqual({ name: 'chat', namespace: 'chat-test' });
    expect(spec.autoscaling).toEqual({ min: 2, max: 10, cpuPercent: 70, connectionsPerReplica: 5000 });
    expect(spec.redis).toEqual({
      standalone: {
        image: 'docker.io/library/redis:7.4',
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        storage: '1Gi',
      },
    });
    expect(spec.secrets).toEqual({
      redis: { generated: {} },
      postgres: { generated: {} },
      token: { generated: {} },
      api: { generated: {} },
    });
    expect(spec.retention).toBe('Retain');
    expect(spec.server.settings.ping.intervalSeconds).toBe(20);
  });
});

describe('GIVEN a wrong spec', () => {
  it.each(WRONG_SPECS)('WHEN it has %s THEN code and path say so', (_, input, expected) => {
    expect(problems(input)).toEqual(expected);
  });

  it('WHEN it is refused THEN the message has path, reason and remedy, and no value', () => {
    expect(() => parse(environment({ config: { DB: 'postgres://me:hunter2@db/x' } }))).toThrow(
      'TG1109 spec.config: config is stored and shown in clear, and one of its names or values looks like a secret. ' +
        'Put the value into a Secret and reference it under server.secretEnv.',
    );
  });
});

describe('GIVEN limits of the rules', () => {
  it('WHEN values stand exactly on them THEN they are right', () => {
    expect(problems(environment({ drain: { graceSeconds: 50 } }))).toEqual([]);
    expect(problems(environment({ server: { settings: { limits: { connections: 5000 } } } }))).toEqual([]);
    expect(
      problems(
        environment({
          autoscaling: { max: 45 },
          postgres: { external: { host: 'db' } },
          secrets: { postgres: { existing: { name: 'db', key: 'password' } } },
        }),
      ),
    ).toEqual([]);
    expect(
      problems(environment({ route: { ingress: { className: 'contour' }, idleTimeoutSeconds: 40 } })),
    ).toEqual([]);
    expect(problems(environment({ autoscaling: { min: 1, max: 1 }, redis: { inProcess: {} } }))).toEqual([]);
    expect(problems({ ...environment(), metadata: { name: 'x'.repeat(40) } })).toEqual([]);
  });
});
