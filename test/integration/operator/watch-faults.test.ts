import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { FaultRounds } from './fault-round.ts';
import { FAULTS } from './proxy-faults.ts';

let rounds: FaultRounds;

beforeAll(async () => {
  rounds = await FaultRounds.start(inject('kubeconfig'));
});
afterAll(() => rounds.close());

describe('GIVEN an operator behind a faulty proxy', () => {
  it.each(Object.entries(FAULTS))(
    'WHEN there is %s while everything changes THEN nothing is missed, seconds after its end',
    async (_name, fault) => {
      expect(await rounds.run(fault)).toBeLessThan(5_000);
    },
  );
});
