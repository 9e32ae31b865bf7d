import { describe, expect, it } from 'vitest';
import { isAsApplied } from '../../../src/operator/environment/drift.ts';
import { trimmedEnvironment, trimmedPart, trimmedSecret } from '../../../src/operator/environment/trim.ts';
import { appliedDeployment, desiredDeployment } from './deployment.ts';

describe('GIVEN an object of a tree', () => {
  const whole = appliedDeployment();

  it('WHEN it is cached THEN what is never read is left out', () => {
    const { metadata, spec, status, ...rest } = trimmedPart(whole);
    expect(rest).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment' });
    expect(spec).toEqual({ replicas: 3 });
    expect(status).toEqual({ readyReplicas: 2 });
    expect(metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'tidegate-operator' });
    expect(metadata.annotations).toEqual({ 'tidegate.dev/applied-hash': 'abc' });
    expect(metadata.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1 !== undefined])).toEqual(
      [
        ['tidegate-operator', true],
        ['kube-controller-manager', false],
      ],
    );
  });

  it('WHEN it is cached THEN drift is seen as in the whole object', () => {
    expect(isAsApplied(desiredDeployment, trimmedPart(whole))).toBe(true);
    expect(isAsApplied(desiredDeployment, trimmedPart(appliedDeployment({ without: 'f:image' })))).toBe(
      false,
    );
  });

  it('WHEN another has the same fields THEN they are kept once', () => {
    const [one, other] = [trimmedPart(whole), trimmedPart(appliedDeployment())];
    expect(one.metadata.managedFields?.[0]?.fieldsV1).toBe(other.metadata.managedFields?.[0]?.fieldsV1);
  });

  it('WHEN it is a ConfigMap THEN its data is left out', () => {
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { big: 'x' } };
    expect(trimmedPart(configMap)).not.toHaveProperty('data');
  });
});

describe('GIVEN an environment and a Secret', () => {
  it('WHEN they are cached THEN the spec of the one stays, and of the other no more than what finds it', () => {
    const kept = { 'tidegate.dev/rotation-phase': 'Prepared' };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{…}', mine: 'yes', ...kept };
    const spec = { host: 'chat.example.com' };
    const metadata = { name: 'a', namespace: 'b', annotations, managedFields: [{ manager: 'kubectl' }] };
    expect(trimmedEnvironment({ metadata, spec })).toEqual({
      metadata: { name: 'a', namespace: 'b', annotations: { mine: 'yes', ...kept } },
      spec,
    });
    expect(trimmedSecret({ apiVersion: 'v1', kind: 'Secret', metadata, data: { key: 'x' } })).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a', namespace: 'b', annotations: kept },
    });
  });
});
