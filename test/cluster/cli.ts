/** `npm run cluster -- up|down|status|kubeconfig`: the local cluster of this checkout. */

import { runningCluster } from './cluster.ts';
import { command } from './command.ts';
import { down } from './down.ts';
import { toolPath } from './tools/tool-path.ts';
import { up } from './up.ts';

const commands: Readonly<Record<string, () => Promise<number>>> = {
  async up() {
    const cluster = runningCluster() ?? (await up());
    const { host, port } = cluster.gatewayAddress;
    console.log(`export KUBECONFIG=${cluster.kubeconfig}`);
    console.log(`# Routes: http://${host}:${port} with the Host header of the environment`);
    return 0;
  },
  async down() {
    await down();
    console.log('The cluster is down');
    return 0;
  },
  async status() {
    const cluster = runningCluster();
    if (cluster === undefined) return notUp();
    const kubectl = await toolPath('kubectl');
    const get = ['get', 'nodes,pods', '--all-namespaces', '--output=wide'];
    console.log(await command(kubectl, ['--kubeconfig', cluster.kubeconfig, ...get]));
    return 0;
  },
  async kubeconfig() {
    const cluster = runningCluster();
    if (cluster === undefined) return notUp();
    console.log(cluster.kubeconfig);
    return 0;
  },
};

function notUp(): number {
  console.error('The cluster is not up: npm run cluster -- up');
  return 1;
}

const [name = ''] = process.argv.slice(2);
const run = commands[name];
if (run === undefined) {
  console.error(`Usage: npm run cluster -- ${Object.keys(commands).join('|')}`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
