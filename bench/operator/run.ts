/**
 * `node bench/operator/run.ts [proof…]`: what is promised of the operator, on a real API server of its own whose audit log
 * counts the writes. `--help` lists what can be chosen.
 */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { installCustomResources } from '../../test/cluster/custom-resources.ts';
import { MUTATING_POLICIES } from '../../test/integration/operator/co-existence-run.ts';
import { FAULTS } from '../../test/integration/operator/proxy-faults.ts';
import { startApiServer } from '../../test/integration/operator/restartable-api-server.ts';
import { thisMachine } from '../machine.ts';
import { coExistence } from './co-existence.ts';
import { crashes } from './crashes.ts';
import { failover } from './failover.ts';
import { latency } from './latency.ts';
import { noOp } from './no-op.ts';
import type { Size } from './proof.ts';
import { scale } from './scale.ts';
import { takeOvers } from './take-overs.ts';
import { watchFaults } from './watch-faults.ts';

const PROOFS = [noOp, coExistence, watchFaults, takeOvers, failover, crashes, latency, scale];

const program = new Command('bench/operator')
  .description('Prove what is promised of the operator')
  .addArgument(new Argument('[proofs...]', 'all by default').choices(PROOFS.map(({ name }) => name)))
  .option('--environments <number>', 'environments of no-op and scale', whole, 200)
  .option('--rounds <number>', 'rounds of each fault, takeovers, resyncs, and times measured', whole, 50);

program.addOption(
  new Option('--faults <names...>', 'faults of watch-faults; all by default').choices(Object.keys(FAULTS)),
);

program.parse();
const size = program.opts<Size>();
const { cpu, cores, kernel } = thisMachine();
const words = process.argv.slice(2).map((word) => (word.includes(' ') ? `'${word}'` : word));
const asked = ['node bench/operator/run.ts', ...words].join(' ');
console.log(`${asked}\n${new Date().toISOString().slice(0, 10)}, ${cpu}, ${cores} cores, Linux ${kernel}`);

for (const proof of PROOFS) {
  if (program.args.length > 0 && !program.args.includes(proof.name)) continue;
  const apiServer = await startApiServer(MUTATING_POLICIES);
  await installCustomResources(apiServer.kubeconfig);
  const { lines, met } = await proof.run(apiServer, size);
  const verdict = met === undefined ? '' : met ? 'met: ' : 'missed: ';
  console.log([`\n${proof.name}, ${verdict}${proof.goal}`, ...lines.map((line) => `  ${line}`)].join('\n'));
  if (met === false) process.exitCode = 1;
  await apiServer.stop();
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Must be a whole number above 0');
  return value;
}
