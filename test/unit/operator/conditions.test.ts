import { describe, expect, it } from 'vitest';
import { type Finding, withFindings } from '../../../src/operator/environment/conditions.ts';
import { transitions } from '../../../src/operator/environment/status.ts';
import type { Condition } from '../../../src/spec/index.ts';

const EARLIER = '2026-01-01T00:00:00Z';
const NOW = new Date('2026-01-02T03:04:05.678Z');

const before: readonly Condition[] = [
  {
    type: 'Ready',
    status: 'False',
    reason: 'Old',
    message: 'Old',
    lastTransitionTime: EARLIER,
    observedGeneration: 1,
  },
  { type: 'RouteReady', status: 'True', reason: 'Applied', message: 'There', lastTransitionTime: EARLIER },
  { type: 'example.com/Theirs', status: 'True', reason: 'X', message: '', lastTransitionTime: EARLIER },
];
const ready = (status: Condition['status']): Finding => ({
  type: 'Ready',
  status,
  reason: 'New',
  message: 'New',
});

describe('GIVEN conditions of an environment', () => {
  it('WHEN only the reason changes THEN the time stays', () => {
    expect(withFindings(before, [ready('False')], 2, NOW)[0]).toEqual({
      type: 'Ready',
      status: 'False',
      reason: 'New',
      message: 'New',
      lastTransitionTime: EARLIER,
      observedGeneration: 2,
    });
  });

  it('WHEN the status changes THEN the time is now, in whole seconds', () => {
    expect(withFindings(before, [ready('True')], 2, NOW)[0]?.lastTransitionTime).toBe('2026-01-02T03:04:05Z');
  });

  it('WHEN nothing is found on some THEN they stay, and so do those of others', () => {
    expect(withFindings(before, [ready('True')], 2, NOW).slice(1)).toEqual(before.slice(1));
  });

  it('WHEN a message is too long for the API THEN it is cut', () => {
    const long = { ...ready('True'), message: 'x'.repeat(40_000) };
    expect(withFindings([], [long], 1, NOW)[0]?.message).toHaveLength(32_768);
  });

  it('WHEN two are compared THEN a change of status or reason is a transition, one of the message is not', () => {
    const after = withFindings(before, [ready('False')], 2, NOW);
    expect(transitions(before, after).map(({ type }) => type)).toEqual(['Ready']);
    expect(
      transitions(
        after,
        after.map((condition) => ({ ...condition, message: 'Other' })),
      ),
    ).toEqual([]);
  });
});
