import { coExist } from '../../test/integration/operator/co-existence-run.ts';
import type { Proof } from './proof.ts';

export const coExistence: Proof = {
  name: 'co-existence',
  goal: 'beside a policy, an autoscaler, a tool and a person: one write for each edit of the person, and none when they rest',
  async run(apiServer, { rounds }) {
    const { written, afterwards } = await coExist(apiServer, rounds);
    return {
      lines: [`${rounds} rounds, ${written.length} writes meanwhile, ${afterwards} afterwards`],
      met: written.length === rounds && afterwards === 0,
    };
  },
};
