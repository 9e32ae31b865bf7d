import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../../../src/server/settings/load-settings.ts';
import { shareOf } from '../../../../src/server/workers/share.ts';

describe('GIVEN settings of a replica', () => {
  const settings = loadSettings({ env: {} });

  it('WHEN several workers share them THEN together they use no less, and hardly more', () => {
    const { limits, drain, postgres } = shareOf(settings, 3);
    expect({ connections: limits.connections, ...drain, ...postgres.pool }).toEqual({
      connections: 3_334,
      reconnectsPerSecond: 1_000,
      rebalance: false,
      closesPerSecond: 1_000 / 3,
      timeoutSeconds: settings.drain.timeoutSeconds,
      min: 1,
      max: 7,
    });
  });

  it('WHEN there is one THEN it has all', () => {
    expect(shareOf(settings, 1)).toEqual(settings);
  });
});
