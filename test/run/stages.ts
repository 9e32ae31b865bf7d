import { type Level, requirements } from '../cluster/requirements.ts';
import type { Stage } from './stage.ts';

const lacking = (level: Level) => async () => (await requirements(level)).map((missing) => missing.message);

/** All stages, quickest first. */
export const stages: readonly Stage[] = [
  { name: 'format+lint', commands: [['biome', 'ci', '--colors=off', '--error-on-warnings', '.']] },
  { name: 'types', commands: [['tsc', '--noEmit']] },
  { name: 'arrows', commands: [['depcruise', '--config', '.dependency-cruiser.json', 'src']] },
  { name: 'generated', commands: [['node', 'src/cli/main.ts', 'generate', '--check']] },
  { name: 'unused', commands: [['knip']] },
  {
    name: 'package',
    commands: [
      ['npm', 'run', '--silent', 'build'],
      ['publint', '--strict'],
    ],
  },
  { name: 'unit', commands: [], project: 'unit' },
  { name: 'server', commands: [], project: 'server', lacks: lacking('server') },
  {
    name: 'tools',
    commands: [['node', 'test/cluster/tools/cli.ts', 'control-plane']],
    lacks: lacking('control-plane'),
  },
  { name: 'integration', commands: [], project: 'integration', lacks: lacking('control-plane') },
  {
    name: 'images',
    commands: [
      ['node', 'test/cluster/tools/cli.ts', 'full'],
      ['node', 'test/images/cli.ts'],
    ],
    lacks: lacking('full'),
  },
  { name: 'e2e', commands: [], project: 'e2e', lacks: lacking('full') },
];
