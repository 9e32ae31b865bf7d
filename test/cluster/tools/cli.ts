/**
 * `node test/cluster/tools/cli.ts control-plane|full`: has the programs of a level at hand, building those that are
 * nowhere.
 */
import { type Level, TOOLS } from '../requirements.ts';
import { toolPath } from './tool-path.ts';

const level = process.argv[2] as Level;
for (const tool of TOOLS[level]) await toolPath(tool);
