import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { applyCustomResources, gatewayApi } from '../custom-resources.ts';
import { kubectlFor } from '../kubectl.ts';
import type { Kubernetes } from '../kubernetes.ts';
import type { ClusterLayout } from '../layout.ts';
import type { Processes } from '../processes.ts';
import { runInside, type Sandbox } from '../sandbox/sandbox.ts';
import { toolPath } from '../tools/tool-path.ts';
import { dns } from './dns.ts';
import { bootstrapArgs, contourCustomResources, type GatewayOptions, gateway } from './gateway.ts';
import { metrics } from './metrics.ts';
import { giveCredentials, networkPolicy } from './network-policy.ts';
import { storage } from './storage.ts';

/** Starts what is beside Kubernetes: names, metrics, volumes, enforced policies, routes from outside. */
export async function startAddons(
  kubernetes: Kubernetes,
  { sandbox, layout, processes }: { sandbox: Sandbox; layout: ClusterLayout; processes: Processes },
  options: GatewayOptions,
): Promise<void> {
  const { kubeconfig } = kubernetes;
  await giveCredentials(sandbox, layout, kubernetes);
  await processes.start(networkPolicy(layout));
  // Contour watches kinds of the experimental channel too.
  const channel = await gatewayApi('experimental');
  const files = readdirSync(channel)
    .filter((name) => name.startsWith('gateway.networking'))
    .map((name) => join(channel, name));
  await applyCustomResources(kubeconfig, [...files, await contourCustomResources()]);

  const context = { layout, kubeconfig };
  const addons = [dns(context), metrics(context), storage(context), gateway(context, options)];
  const items = addons.flatMap(({ objects }) => objects);
  const kubectl = await kubectlFor(kubeconfig);
  await kubectl(
    ['apply', '--server-side', '--filename=-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
  await runInside(sandbox, await toolPath('contour'), bootstrapArgs(layout.directory));
  for (const component of addons.flatMap(({ components }) => components)) await processes.start(component);
}
