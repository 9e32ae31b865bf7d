import { apiserverClientArgs, writeApiserverClient } from './control-plane/apiserver-client.ts';
import { apiserverReady } from './control-plane/apiserver-ready.ts';
import { etcd, kubeApiserver, kubeControllerManager } from './control-plane/components.ts';
import { type Identity, writeKubeconfig, writeTokens } from './control-plane/identities.ts';
import { writeServiceAccountKey } from './control-plane/service-account-key.ts';
import { type ClusterLayout, inDirectory, NODE_NAME } from './layout.ts';
import { kubelet, kubeProxy, kubeScheduler } from './node/components.ts';
import { containerd, containerdReady } from './node/containerd.ts';
import { importImage, writeNodeImage } from './node/image.ts';
import type { Processes } from './processes.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

export interface Kubernetes {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly token: string;
  readonly certificateAuthority: string;
}

/** Starts the control plane and the node, each part as soon as what it needs is there. */
export async function startKubernetes(
  sandbox: Sandbox,
  layout: ClusterLayout,
  processes: Processes,
): Promise<Kubernetes> {
  const { directory, address, ports } = layout;
  const tokens = writeTokens(directory);
  writeServiceAccountKey(directory);
  await writeApiserverClient(directory);
  await processes.start(etcd(layout));
  await processes.start(kubeApiserver(layout, apiserverClientArgs(directory)));
  processes.run('containerd', 'containerd', containerd(layout));

  const image = inDirectory(layout, 'node-image.tar');
  const imported = Promise.all([writeNodeImage(image), containerdReady(sandbox)]).then(() =>
    importImage(sandbox, image),
  );
  const isReady = apiserverReady(layout, tokens.admin, () => processes.failure());
  const [certificateAuthority] = await Promise.all([isReady, imported]);

  const kubeconfigOf = (identity: Identity) => {
    const server = `https://${address}:${ports.apiserver}`;
    return writeKubeconfig(directory, identity, { server, certificateAuthority, token: tokens[identity] });
  };
  await processes.start(
    kubeControllerManager(layout, kubeconfigOf('system:kube-controller-manager'), [
      // Autoscaling tests would wait for it.
      '--horizontal-pod-autoscaler-sync-period=5s',
    ]),
  );
  await processes.start(kubeScheduler(kubeconfigOf('system:kube-scheduler')));
  await processes.start(kubeProxy(kubeconfigOf('system:kube-proxy')));
  await processes.start(kubelet(layout, kubeconfigOf(`system:node:${NODE_NAME}`)));
  return { kubeconfig: kubeconfigOf('admin'), token: tokens.admin, certificateAuthority };
}
