import { cpSync, existsSync } from 'node:fs';
import { DNS_READY_PORT } from './addons/dns.ts';
import { GATEWAY, type GatewayOptions } from './addons/gateway.ts';
import { startAddons } from './addons/start.ts';
import { type Cluster, clusterOf } from './cluster.ts';
import { down } from './down.ts';
import { kubectlFor } from './kubectl.ts';
import { startKubernetes } from './kubernetes.ts';
import { CLUSTER_DIRECTORY, type ClusterLayout, freeSlot, inDirectory, layoutOf } from './layout.ts';
import { Processes } from './processes.ts';
import { progress } from './progress.ts';
import { requirements, TOOLS } from './requirements.ts';
import { createCgroup } from './sandbox/cgroups.ts';
import { mountPrivately } from './sandbox/mounts.ts';
import { addressesInUse, connect } from './sandbox/network.ts';
import { createSandbox } from './sandbox/sandbox.ts';
import { writeState } from './state.ts';
import { toolPath } from './tools/tool-path.ts';
import { waitFor } from './wait-for.ts';

/**
 * Brings up a Kubernetes cluster of one node, in place of one that this checkout had: pods, DNS, volumes, metrics,
 * enforced NetworkPolicies, the Ingress class `contour` and the Gateway `public` in the namespace `infra`.
 */
export async function up(options: GatewayOptions = { streamIdleTimeout: '30s' }): Promise<Cluster> {
  const lacking = await requirements('full');
  if (lacking.length > 0) throw new Error(lacking.map(({ message }) => message).join('\n'));
  // Building one takes minutes, which nothing that runs should wait for.
  for (const tool of TOOLS.full) await toolPath(tool);
  await down();
  const started = performance.now();
  const layout = layoutOf(freeSlot(await addressesInUse()));
  try {
    const sandbox = await createSandbox();
    writeState({ layout, sandbox });
    createCgroup(layout);
    await mountPrivately(sandbox);
    await connect(sandbox, layout);
    const processes = new Processes(sandbox, layout.directory);
    const kubernetes = await startKubernetes(sandbox, layout, processes);
    progress(`Kubernetes runs, ${since(started)}`);
    await startAddons(kubernetes, { sandbox, layout, processes }, options);
    await ready(layout, kubernetes.kubeconfig, processes);
    const state = { layout, sandbox, kubeconfig: kubernetes.kubeconfig };
    writeState(state);
    progress(`The cluster is up, ${since(started)}`);
    return clusterOf(state, state.kubeconfig);
  } catch (error) {
    keepLogs(layout);
    await down();
    throw error;
  }
}

/** Waits until the node takes pods, names resolve and the proxy serves the Gateway. */
async function ready(layout: ClusterLayout, kubeconfig: string, processes: Processes): Promise<void> {
  const kubectl = await kubectlFor(kubeconfig);
  const failure = await waitFor('the cluster to be ready', async () => {
    const failed = processes.failure();
    if (failed !== undefined) return failed;
    await kubectl(['wait', '--for=condition=Ready', '--timeout=5s', 'node', '--all']);
    await kubectl([
      ...['wait', '--for=condition=Programmed', '--timeout=5s'],
      ...['gateway', GATEWAY.name, '--namespace', GATEWAY.namespace],
    ]);
    // Made by a controller a moment after the namespace; without it no pod is admitted.
    await kubectl(['get', 'serviceaccount', 'default', '--namespace', 'default']);
    const dns = await fetch(`http://${layout.address}:${DNS_READY_PORT}/ready`);
    return dns.ok ? null : undefined;
  });
  if (failure !== null) throw failure;
}

/** What the processes of a cluster that did not come up wrote. */
function keepLogs(layout: ClusterLayout): void {
  const logs = inDirectory(layout, 'logs');
  if (!existsSync(logs)) return;
  const kept = `${CLUSTER_DIRECTORY}-failed-logs`;
  cpSync(logs, kept, { recursive: true });
  progress(`The logs are in ${kept}`);
}

function since(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s after the start`;
}
