import { FaultRounds } from '../../test/integration/operator/fault-round.ts';
import { FAULTS } from '../../test/integration/operator/proxy-faults.ts';
import type { Proof } from './proof.ts';

export const watchFaults: Proof = {
  name: 'watch-faults',
  goal: '0 missed final states; less than 5 s from the end of a fault',
  async run(apiServer, { rounds, faults }) {
    const operator = await FaultRounds.start(apiServer.kubeconfig);
    const lines: string[] = [];
    let met = true;
    for (const [name, fault] of Object.entries(FAULTS)) {
      if (faults !== undefined && !faults.includes(name)) continue;
      const took: number[] = [];
      let missed = 0;
      for (let round = 0; round < rounds; round += 1) {
        // Missed is what is not there after a minute.
        const milliseconds = await operator.run(fault).catch(() => undefined);
        if (milliseconds === undefined) missed += 1;
        else took.push(milliseconds);
      }
      const longest = Math.max(...took);
      met &&= missed === 0 && longest < 5_000;
      lines.push(
        `${name}: ${rounds} times, ${missed} missed, longest recovery ${(longest / 1_000).toFixed(1)} s`,
      );
    }
    await operator.close();
    return { lines, met };
  },
};
