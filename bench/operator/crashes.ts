import { Crashes, TASKS, type TaskName } from '../../test/integration/operator/crash-run.ts';
import type { Proof } from './proof.ts';

export const crashes: Proof = {
  name: 'crashes',
  goal: 'whatever call an operator ends at, the next one reaches the same state: nothing missing, left over or stuck',
  async run(apiServer) {
    const all = new Crashes(apiServer.kubeconfig);
    const wrong: string[] = [];
    const lines: string[] = [];
    for (const task of Object.keys(TASKS) as TaskName[]) {
      let points = 0;
      for (let call = 1, reached = true; reached; call += 1) {
        for (const moment of ['before', 'after'] as const) {
          const end = await all.run(task, { call, moment });
          reached = end.crashed;
          if (!reached) break;
          points += 1;
          wrong.push(...end.wrong.map((what) => `${task}, ${moment} call ${call}: ${what}`));
        }
      }
      lines.push(`${task}: ended at each of ${points / 2} calls, before it and after it`);
    }
    await all.close();
    return { lines: [...lines, `wrong in the end: ${wrong.length}`, ...wrong], met: wrong.length === 0 };
  },
};
