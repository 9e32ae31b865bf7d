import { SCENARIOS } from './scenarios.ts';

// One scenario, by name, in a process that has namespaces of its own: they go with it. The last line is what it gives.
const [name = ''] = process.argv.slice(2);
const scenario = SCENARIOS[name];
if (scenario === undefined) throw new Error(`No scenario ${name}`);
console.log(JSON.stringify(await scenario()));
process.exit(0);
