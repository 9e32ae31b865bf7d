import { describe, expect, it } from 'vitest';
import { freeSlot, layoutOf } from '../../cluster/layout.ts';

describe('GIVEN a machine on which clusters of other checkouts run', () => {
  it('WHEN none runs THEN the first network is taken', () => {
    const { hostAddress, address } = layoutOf(freeSlot(['127.0.0.1']));
    expect({ hostAddress, address }).toEqual({ hostAddress: '172.31.255.1', address: '172.31.255.2' });
  });
  it('WHEN the first two are taken THEN the third is', () => {
    expect(freeSlot(['172.31.255.1', '127.0.0.1', '172.31.255.5'])).toBe(2);
  });
  it('WHEN all are taken THEN the error says what to do', () => {
    const all = Array.from({ length: 64 }, (_, slot) => layoutOf(slot).hostAddress);
    expect(() => freeSlot(all)).toThrow('All 64 networks of local clusters are in use: take some down');
  });
});

describe('GIVEN one checkout', () => {
  it('WHEN its cluster moves to another network THEN its names and files stay', () => {
    const [first, second] = [layoutOf(0), layoutOf(1)];
    expect(second).toMatchObject({ id: first.id, directory: first.directory });
    expect(first.id).toMatch(/^[0-9a-f]{8}$/);
  });
});
