import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../test/cluster/command.ts';
import type { Work } from './work.ts';

const ROOT = join(import.meta.dirname, '../..');
const MOST_MEGABYTES = 130;

export const size: Work = {
  name: 'size',
  goal: `npm install tidegate takes ${MOST_MEGABYTES} MB of disk, for constructs and the command line`,
  async run(_, directory) {
    await command('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', directory], {
      cwd: ROOT,
    });
    const [archive = ''] = readdirSync(directory).filter((file) => file.endsWith('.tgz'));
    writeFileSync(join(directory, 'package.json'), '{ "private": true }');
    await command('npm', ['install', '--silent', '--no-audit', '--no-fund', `./${archive}`], {
      cwd: directory,
    });
    const [all, own] = await Promise.all(['.', 'tidegate'].map((path) => megabytes(directory, path)));
    return {
      lines: [`${all} MB, of which tidegate itself is ${own}`],
      met: all !== undefined && all <= MOST_MEGABYTES,
    };
  },
};

async function megabytes(directory: string, path: string): Promise<number> {
  const output = await command('du', ['-sm', join(directory, 'node_modules', path)]);
  return Number(output.split('\t')[0]);
}
