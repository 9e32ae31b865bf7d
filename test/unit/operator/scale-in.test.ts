import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newDeletionCosts, takesPodsAway } from '../../../src/operator/environment/scale-in.ts';

const autoscaler = (current: number, desired: number, reason: string, status = 'True') => ({
  metadata: { name: 'chat-server' },
  spec: { minReplicas: 2, maxReplicas: 10 },
  status: {
    currentReplicas: current,
    desiredReplicas: desired,
    conditions: [
      { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale' },
      { type: 'ScalingLimited', status, reason },
    ],
  },
});

describe('GIVEN what an autoscaler says', () => {
  it.each([
    ['nothing yet', { metadata: { name: 'chat-server' } }, false],
    ['that it is satisfied', autoscaler(3, 3, 'DesiredWithinRange', 'False'), false],
    ['that it has decided already', autoscaler(3, 2, 'DesiredWithinRange', 'False'), false],
    ['that it wants more', autoscaler(3, 4, 'DesiredWithinRange', 'False'), false],
    ['that fewer would do, were it not for a moment ago', autoscaler(3, 3, 'ScaleDownStabilized'), true],
    ['that it may take one at a time only', autoscaler(5, 5, 'ScaleDownLimit'), true],
    ['that fewer would do, and there are the least', autoscaler(2, 2, 'ScaleDownStabilized'), false],
    ['that this is over', autoscaler(3, 3, 'ScaleDownStabilized', 'False'), false],
  ])('WHEN it is %s THEN it takes pods away: %#', (_, object, takes) => {
    expect(takesPodsAway(object)).toBe(takes);
  });

  it('WHEN there is none THEN it takes none away', () => {
    expect(takesPodsAway(undefined)).toBe(false);
  });
});

describe('GIVEN pods with connections and costs', () => {
  const pod = (name: string, connections: number, deletionCost = 0) => ({ name, connections, deletionCost });

  it('WHEN they have no costs THEN those with connections get them', () => {
    expect([...newDeletionCosts([pod('a', 120), pod('b', 0), pod('c', 7)])]).toEqual([
      ['a', 120],
      ['c', 7],
    ]);
  });

  it('WHEN a cost is near enough THEN it stays', () => {
    expect([...newDeletionCosts([pod('a', 110, 100), pod('b', 112, 100), pod('c', 0, 1)])]).toEqual([
      ['b', 112],
      ['c', 0],
    ]);
  });

  it('WHEN the new costs are written THEN nobody goes before one with clearly fewer connections, and nothing more is written', () => {
    const some = fc.record({ connections: fc.nat(100_000), deletionCost: fc.nat(100_000) });
    fc.assert(
      fc.property(fc.array(some, { minLength: 2, maxLength: 20 }), (given) => {
        const pods = given.map((one, index) => ({ ...one, name: `pod-${index}` }));
        const costs = newDeletionCosts(pods);
        const after = pods.map((one) => ({
          ...one,
          deletionCost: costs.get(one.name) ?? one.deletionCost,
        }));
        expect(newDeletionCosts(after).size).toBe(0);
        const first = after.reduce((least, one) => (one.deletionCost < least.deletionCost ? one : least));
        const fewest = Math.min(...after.map(({ connections }) => connections));
        expect(first.connections * 0.9).toBeLessThanOrEqual(fewest * 1.1);
      }),
    );
  });
});
