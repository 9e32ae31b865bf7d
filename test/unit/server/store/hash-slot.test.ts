import { describe, expect, it } from 'vitest';
import { redisName } from '../../../../src/server/channels/broker/redis-wire.ts';
import { hashSlot } from '../../../../src/server/store/hash-slot.ts';

describe('GIVEN names of keys and channels in a Cluster', () => {
  // Each from CLUSTER KEYSLOT of a redis-server.
  it.each([
    ['123456789', 12_739],
    ['', 0],
    ['a', 15_495],
    ['{a}:b', 15_495],
    ['x{a}{b}', 15_495],
    ['{}a', 10_875],
    ['é', 10_180],
  ])('WHEN it is %j THEN its hash slot is the one that Redis says', (name, slot) => {
    expect(hashSlot(name)).toBe(slot);
  });

  it.each(['room:1', '}', '}{', '{x}', 'a}b'])(
    'WHEN a channel is called %j THEN all that belongs to it is in one slot',
    (channel) => {
      const { notices, meta, stream, presence, once } = redisName;
      const names = [notices, meta, stream, presence].map((name) => name(channel));
      expect(new Set([...names, once(channel, 'key}{')].map(hashSlot)).size).toBe(1);
    },
  );
});
