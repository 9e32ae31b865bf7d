import type { Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Redis, Route } from '../../../src/constructs/index.ts';
import { parseSection, SpecError } from '../../../src/spec/index.ts';
import { Testing } from '../../../src/testing/index.ts';

/** What a chart of a team's own becomes. */
const namesOf = (fill: (chart: Chart) => void) =>
  Testing.synth(fill).map(({ kind, metadata }) => `${kind}/${metadata.name}`);

describe('GIVEN a chart of a team’s own', () => {
  it('WHEN it has a Redis alone THEN there is all that a Redis needs, and its address', () => {
    const { standalone } = parseSection('redis', { standalone: { storage: '2Gi' } });
    const objects = namesOf((chart) => {
      const redis = new Redis(chart, 'redis', {
        instance: 'shop',
        spec: standalone,
        password: { name: 'shop-redis', key: 'password' },
        maxMemoryBytes: 128 * 1024 * 1024,
        keepVolume: true,
      });
      expect(redis.endpoint).toEqual({ host: 'shop-redis', port: 6379 });
    });
    expect(objects).toEqual([
      'ConfigMap/shop-redis',
      'PersistentVolumeClaim/shop-redis-data',
      'Service/shop-redis',
      'StatefulSet/shop-redis',
    ]);
  });

  it('WHEN it has a Route alone THEN that leads to the Service it is given, and says what that needs', () => {
    const objects = namesOf((chart) => {
      const route = new Route(chart, 'route', {
        instance: 'shop',
        spec: { host: 'shop.example.com', route: parseSection('route', { ingress: { className: 'gce' } }) },
        derived: { proxyIdleTimeoutSeconds: 600, drainTimeoutSeconds: 60 },
        service: { name: 'frontend', port: 80 },
      });
      expect(route.serviceAnnotations).toEqual({
        'cloud.google.com/neg': '{"ingress": true}',
        'cloud.google.com/backend-config': '{"default":"shop"}',
      });
    });
    expect(objects).toEqual(['Ingress/shop', 'BackendConfig/shop']);
  });
});

describe('GIVEN a section that is wrong', () => {
  it('WHEN it is read THEN code and path say so', () => {
    const read = () => parseSection('autoscaling', { min: 3, max: 2 });
    expect(read).toThrow(SpecError);
    expect(read).toThrow('TG1104 autoscaling.min');
  });
});
