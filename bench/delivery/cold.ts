import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asLine, asRatio, costOf, inTurns } from './cost.ts';
import { CLI, EXAMPLE, exampleObjects } from './environments.ts';
import type { Work } from './work.ts';

export const cold: Work = {
  name: 'cold',
  goal: 'tidegate synth of one environment in 0.6 s, and 1.5 times of a bare cdk8s app with the same objects',
  async run({ runs }, directory) {
    const objects = join(directory, 'objects.json');
    writeFileSync(objects, JSON.stringify(exampleObjects()));
    const app = join(import.meta.dirname, 'bare-cdk8s.ts');
    const { ours, bare } = await inTurns(runs, {
      ours: () => costOf(process.execPath, [CLI, 'synth', EXAMPLE, '--out', join(directory, 'ours')]),
      bare: () => costOf(process.execPath, [app, objects, join(directory, 'bare')]),
    });
    return {
      lines: [
        asLine('tidegate synth', ours),
        asLine('a bare cdk8s app', bare),
        asRatio('tidegate : cdk8s', ours, bare),
      ],
      met: ours.seconds <= 0.6 && ours.seconds <= 1.5 * bare.seconds,
    };
  },
};
