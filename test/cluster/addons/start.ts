import { applyCustomResources, gatewayApi } from '../custom-resources.ts';
import { APPLY, kubectlFor } from '../kubectl.ts';
import type { Kubernetes } from '../kubernetes.ts';
import type { ClusterLayout } from '../layout.ts';
import type { Processes } from '../processes.ts';
import { runInside, type Sandbox } from '../sandbox/sandbox.ts';
import { toolPath } from '../tools/tool-path.ts';
import type { Addon } from './addon.ts';
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
  const kubectl = await kubectlFor(kubeconfig);
  const start = async (addons: readonly Addon[]) => {
    const items = addons.flatMap(({ objects }) => objects);
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await kubectl([...APPLY, '--filename=-'], list);
    for (const component of addons.flatMap(({ components }) => components)) await processes.start(component);
  };
  const context = { layout, kubeconfig };

  await giveCredentials(sandbox, layout, kubernetes);
  await processes.start(networkPolicy(layout));
  const gatewayResources = applyCustomResources(kubeconfig, [
    ...(await gatewayApi()),
    await contourCustomResources(),
  ]);
  await start([dns(context), metrics(context), storage(context)]);
  await gatewayResources;
  await runInside(sandbox, await toolPath('contour'), bootstrapArgs(layout.directory));
  await start([gateway(context, options)]);
}
