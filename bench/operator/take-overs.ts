import { takeOver } from '../../test/integration/operator/take-over-run.ts';
import type { Proof } from './proof.ts';

export const takeOvers: Proof = {
  name: 'take-overs',
  goal: 'no write of a leader that lost its lease after the first write of the next, by the audit log',
  async run(apiServer, { rounds }) {
    let overlapping = 0;
    let writes = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { before, after } = await takeOver(apiServer);
      const began = after[0]?.requestReceivedTimestamp ?? '';
      writes += before.length;
      overlapping += before.filter(({ stageTimestamp }) => stageTimestamp > began).length;
    }
    return {
      lines: [
        `${rounds} takeovers, ${writes} writes by leaders cut off from their lease, ${overlapping} too late`,
      ],
      met: overlapping === 0 && writes > 0,
    };
  },
};
