import { describe, expect, it } from 'vitest';
import type { FieldSet, KubeObject } from '../../../src/operator/api/kube-object.ts';
import type { Desired } from '../../../src/operator/environment/desired.ts';
import { isAsApplied, lastEditor } from '../../../src/operator/environment/drift.ts';

const HASH = 'tidegate.dev/applied-hash';

const desired: Desired = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'chat-server',
    labels: { app: 'chat' },
    annotations: { [HASH]: 'abc' },
    ownerReferences: [],
  },
  spec: {
    selector: { matchLabels: { app: 'chat' } },
    template: {
      spec: {
        containers: [
          {
            name: 'server',
            image: 'server:1',
            ports: [{ containerPort: 8000 }],
            args: ['serve'],
            env: [{ name: 'A', value: '' }],
          },
        ],
        volumes: [{ name: 'tmp', emptyDir: {} }],
      },
    },
  },
};

const container: FieldSet = {
  '.': {},
  'f:name': {},
  'f:image': {},
  'f:args': {},
  'f:ports': { 'k:{"containerPort":8000,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
  'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {} } },
};

function live(containers: FieldSet, hash = 'abc', operation: 'Apply' | 'Update' = 'Apply'): KubeObject {
  return {
    metadata: {
      name: 'chat-server',
      annotations: { [HASH]: hash },
      managedFields: [
        {
          manager: 'tidegate-operator',
          operation,
          fieldsV1: {
            'f:metadata': { 'f:labels': { 'f:app': {} }, 'f:annotations': { [`f:${HASH}`]: {} } },
            'f:spec': {
              'f:selector': {},
              'f:template': {
                'f:spec': {
                  'f:containers': containers,
                  'f:volumes': { 'k:{"name":"tmp"}': { '.': {}, 'f:name': {}, 'f:emptyDir': {} } },
                },
              },
            },
          },
        },
        { manager: 'kubectl-edit', operation: 'Update', time: '2026-01-02T00:00:00Z' },
        { manager: 'kubectl-scale', operation: 'Update', time: '2026-01-01T00:00:00Z', subresource: 'scale' },
        {
          manager: 'kube-controller-manager',
          operation: 'Update',
          time: '2026-01-03T00:00:00Z',
          subresource: 'status',
        },
      ],
    },
  };
}

describe('GIVEN an object that was applied', () => {
  it('WHEN our entry in the managed fields holds all of it THEN there is nothing to do', () => {
    expect(isAsApplied(desired, live({ 'k:{"name":"server"}': container }))).toBe(true);
  });

  it('WHEN the content has changed since THEN it is to be applied', () => {
    expect(isAsApplied(desired, live({ 'k:{"name":"server"}': container }, 'other'))).toBe(false);
  });

  it.each(['f:image', 'f:args', 'f:ports'])('WHEN somebody took %s from us THEN it has drifted', (field) => {
    const { [field]: _taken, ...rest } = container;
    expect(isAsApplied(desired, live({ 'k:{"name":"server"}': rest }))).toBe(false);
  });

  it('WHEN a whole element of a list is gone THEN it has drifted', () => {
    expect(isAsApplied(desired, live({ 'k:{"name":"other"}': container }))).toBe(false);
  });

  it('WHEN we have no entry of our own THEN it has drifted', () => {
    expect(isAsApplied(desired, live({ 'k:{"name":"server"}': container }, 'abc', 'Update'))).toBe(false);
  });

  it('WHEN the editor is asked for THEN it is who last updated anything but the status', () => {
    expect(lastEditor(live({}))).toBe('kubectl-edit');
  });
});
