import { describe, expect, it } from 'vitest';
import { layerOf, overlay } from '../../../src/spec/index.ts';

const over = (base: Record<string, unknown>, spec: Record<string, unknown>) =>
  (overlay({ spec: base }, { spec }) as { spec: unknown }).spec;

describe('GIVEN a document over its base', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, unknown]>([
    [
      'objects THEN they merge, field by field',
      { autoscaling: { min: 1, max: 2 }, host: 'a' },
      { autoscaling: { max: 3 } },
      { autoscaling: { min: 1, max: 3 }, host: 'a' },
    ],
    [
      'a list THEN it takes the place of the other',
      { route: { trustedProxies: ['10.0.0.0/8', '::1'] } },
      { route: { trustedProxies: ['192.0.2.7'] } },
      { route: { trustedProxies: ['192.0.2.7'] } },
    ],
    [
      'variables THEN they merge by name',
      { config: { A: '1', B: '2' } },
      { config: { B: '3', C: '4' } },
      { config: { A: '1', B: '3', C: '4' } },
    ],
    [
      'null THEN the field goes, and the others stay',
      { drain: { graceSeconds: 90, reconnectsPerSecond: 5 }, config: { A: '1' } },
      { drain: { graceSeconds: null }, config: null },
      { drain: { reconnectsPerSecond: 5 } },
    ],
    ['null for what is not there THEN nothing is added', {}, { server: { image: null } }, { server: {} }],
    ['another type THEN it is replaced', { host: { a: 1 } }, { host: 'a' }, { host: 'a' }],
    [
      'another case THEN it takes the place of the base’s whole',
      { redis: { standalone: { storage: '4Gi' } }, secrets: { redis: { generated: {} } } },
      {
        redis: { external: { host: 'redis' } },
        secrets: { redis: { existing: { name: 'redis', key: 'password' } } },
      },
      {
        redis: { external: { host: 'redis' } },
        secrets: { redis: { existing: { name: 'redis', key: 'password' } } },
      },
    ],
    [
      'the same case THEN both merge',
      { postgres: { external: { host: 'db', port: 5433 } } },
      { postgres: { external: { host: 'db-2' } } },
      { postgres: { external: { host: 'db-2', port: 5433 } } },
    ],
    [
      'null for a case THEN there is none',
      { redis: { inProcess: {} } },
      { redis: { inProcess: null } },
      { redis: {} },
    ],
    [
      'no case THEN that of the base stays',
      { redis: { inProcess: {} } },
      { redis: {} },
      { redis: { inProcess: {} } },
    ],
    [
      'both routes THEN they are no cases and both stay',
      { route: { ingress: { className: 'nginx' } } },
      { route: { gateway: { name: 'public' } } },
      { route: { ingress: { className: 'nginx' }, gateway: { name: 'public' } } },
    ],
  ])('WHEN there is %s', (_, base, spec, expected) => {
    expect(over(base, spec)).toEqual(expected);
  });

  it('WHEN they are merged THEN neither changes', () => {
    const base = Object.freeze({ spec: Object.freeze({ config: Object.freeze({ A: '1' }) }) });
    const document = Object.freeze({ spec: Object.freeze({ config: Object.freeze({ A: null }) }) });
    expect(overlay(base, document)).toEqual({ spec: { config: {} } });
  });
});

describe('GIVEN layers', () => {
  const layers = [
    {
      file: 'base',
      document: { spec: { autoscaling: { min: 1 }, host: 7, route: { trustedProxies: ['a'] } } },
    },
    { file: 'over', document: { spec: { autoscaling: { max: 2 }, host: 8 } } },
  ];

  it.each([
    ['spec.autoscaling.min', 'base'],
    ['spec.autoscaling.max', 'over'],
    ['spec.host', 'over'],
    ['spec.route.trustedProxies.0', 'base'],
    ['spec.route.ingress', 'base'],
    ['spec.drain.graceSeconds', 'over'],
    ['', 'over'],
  ])('WHEN %s is looked for THEN it is from %s', (path, expected) => {
    expect(layerOf(layers, path.split('.'))?.file).toBe(expected);
  });
});
