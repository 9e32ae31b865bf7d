import { join } from 'node:path';
import { toolPath } from '../../test/cluster/tools/tool-path.ts';
import { writeChart } from './chart.ts';
import { asLine, asRatio, costOf, inTurns } from './cost.ts';
import { CLI, exampleObjects, writeMany } from './environments.ts';
import type { Work } from './work.ts';

export const many: Work = {
  name: 'many',
  goal: 'tidegate synth of 1,000 environments in 5 s and 300 MB, ahead of helm template',
  async run({ environments, runs }, directory) {
    const files = writeMany(directory, environments);
    const chart = writeChart(directory, environments);
    const helm = await toolPath('helm');
    const { ours, theirs } = await inTurns(runs, {
      ours: () => costOf(process.execPath, [CLI, 'synth', files, '--out', join(directory, 'ours')]),
      theirs: () => costOf(helm, ['template', 'chat', chart, '--output-dir', join(directory, 'helm')]),
    });
    return {
      lines: [
        `${environments} environments of ${exampleObjects().length} objects`,
        asLine('tidegate synth', ours),
        asLine('helm template', theirs),
        asRatio('tidegate : helm', ours, theirs),
      ],
      met: ours.seconds <= 5 && ours.megabytes <= 300 && ours.seconds < theirs.seconds,
    };
  },
};
