import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/operator/api/api-error.ts';
import type { KubeObject, ManagedFields, ObjectMeta } from '../../../src/operator/api/kube-object.ts';
import {
  applyingManager,
  conflictingManagers,
  otherOwner,
} from '../../../src/operator/environment/ownership.ts';

const environment: KubeObject = { metadata: { name: 'chat', uid: '1' } };
const object = (metadata: Partial<ObjectMeta>): KubeObject => ({
  metadata: { name: 'chat-server', ...metadata },
});
const controlledBy = (kind: string, name: string, uid: string) => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid, controller: true }],
});

describe('GIVEN a live object', () => {
  it.each<[string, Partial<ObjectMeta>, string | undefined]>([
    ['is controlled by the environment', controlledBy('RealtimeEnvironment', 'chat', '1'), undefined],
    [
      'was controlled by an environment of the same name that is gone',
      controlledBy('RealtimeEnvironment', 'chat', '0'),
      undefined,
    ],
    [
      'is controlled by another environment',
      controlledBy('RealtimeEnvironment', 'talk', '2'),
      'RealtimeEnvironment talk',
    ],
    ['is controlled by another kind', controlledBy('Application', 'chat', '2'), 'Application chat'],
    ['has our label alone', { labels: { 'app.kubernetes.io/managed-by': 'tidegate-operator' } }, undefined],
    ['has the label of another', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, 'Helm'],
    ['is nobody’s', {}, undefined],
    [
      'is the environment’s, and its label was edited',
      {
        ...controlledBy('RealtimeEnvironment', 'chat', '1'),
        labels: { 'app.kubernetes.io/managed-by': 'me' },
      },
      undefined,
    ],
  ])('WHEN it %s THEN its other owner is told', (_what, metadata, owner) => {
    expect(otherOwner(object(metadata), environment)).toBe(owner);
  });
});

describe('GIVEN an apply that met conflicts', () => {
  const cause = (message: string) => ({ reason: 'FieldManagerConflict', message, field: '.spec' });
  const error = new ApiError(409, {
    details: {
      causes: [
        cause('conflict with "kubectl-edit" using apps/v1 at 2026-01-01T00:00:00Z'),
        cause('conflict with "kubectl-edit" using apps/v1 at 2026-01-01T00:00:00Z'),
        cause('conflict with "argocd" using apps/v1'),
        { reason: 'SomethingElse', message: 'conflict with "nobody"' },
      ],
    },
  });
  const entry = (manager: string, operation: 'Apply' | 'Update'): ManagedFields => ({ manager, operation });

  it('WHEN they are read THEN each manager is named once', () => {
    expect(conflictingManagers(error)).toEqual(['kubectl-edit', 'argocd']);
  });

  it('WHEN one of them applies THEN it is the one to yield to', () => {
    const live = object({ managedFields: [entry('kubectl-edit', 'Update'), entry('argocd', 'Apply')] });
    expect(applyingManager(live, ['kubectl-edit', 'argocd'])).toBe('argocd');
  });

  it('WHEN all of them update THEN there is none to yield to', () => {
    const live = object({
      managedFields: [entry('kubectl-edit', 'Update'), entry('tidegate-operator', 'Apply')],
    });
    expect(applyingManager(live, ['kubectl-edit', 'tidegate-operator'])).toBeUndefined();
  });

  it('WHEN one is no longer there THEN it is taken for one that applies', () => {
    expect(applyingManager(object({ managedFields: [] }), ['argocd'])).toBe('argocd');
  });
});
