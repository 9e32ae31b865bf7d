import { join } from 'node:path';
import { toolPath } from '../../test/cluster/tools/tool-path.ts';
import { writeChart } from './chart.ts';
import { asLine, asRatio, type Cost, costOf, inTurns } from './cost.ts';
import { CLI, exampleObjects, nameOf, writeMany } from './environments.ts';
import type { Work } from './work.ts';

/** Runs of Helm that stand for as many as there are environments: each costs the same. */
const SAMPLE = 20;

export const many: Work = {
  name: 'many',
  goal: 'tidegate synth of 1,000 environments in 5 s and 300 MB, ahead of helm template for each',
  async run({ environments, runs }, directory) {
    const files = writeMany(directory, environments);
    const [together, alone] = [writeChart(directory, environments), writeChart(join(directory, 'alone'), 1)];
    const helm = await toolPath('helm');
    const out = join(directory, 'helm');
    const releases = Array.from({ length: SAMPLE }, (_, index) => nameOf(index)).join(' ');
    const loop = `for name in ${releases}; do "$0" template "$name" "$1" --set "names={$name}" --output-dir "$2/$name"; done`;
    const { ours, each, once } = await inTurns(runs, {
      ours: () => costOf(process.execPath, [CLI, 'synth', files, '--out', join(directory, 'ours')]),
      each: async () => times(environments / SAMPLE, await costOf('sh', ['-c', loop, helm, alone, out])),
      once: () => costOf(helm, ['template', 'chat', together, '--output-dir', join(directory, 'once')]),
    });
    return {
      lines: [
        `${environments} environments of ${exampleObjects().length} objects`,
        asLine('tidegate synth', ours),
        asLine('helm template, for each', each),
        asLine('helm template, once', once),
        asRatio('tidegate : helm for each', ours, each),
        asRatio(
          'tidegate : helm once, which writes a file for each kind and not for each object',
          ours,
          once,
        ),
      ],
      met: ours.seconds <= 5 && ours.megabytes <= 300 && ours.seconds < each.seconds,
    };
  },
};

function times(count: number, { seconds, cpuSeconds, megabytes }: Cost): Cost {
  return { seconds: seconds * count, cpuSeconds: cpuSeconds * count, megabytes };
}
