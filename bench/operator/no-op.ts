import { noOps } from '../../test/integration/operator/no-op-run.ts';
import type { Proof } from './proof.ts';

export const noOp: Proof = {
  name: 'no-op',
  goal: '0 writes in the audit log while unchanged environments are looked at again',
  async run(apiServer, { environments, rounds }) {
    const { reconciles, writes } = await noOps(apiServer, { environments, resyncs: rounds });
    return {
      lines: [`${environments} environments, ${reconciles} reconciliations, ${writes.length} writes`],
      met: writes.length === 0,
    };
  },
};
