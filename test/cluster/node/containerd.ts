import { mkdirSync, writeFileSync } from 'node:fs';
import { type ClusterLayout, inDirectory, POD_CIDR } from '../layout.ts';
import { runInside, type Sandbox } from '../sandbox/sandbox.ts';
import { waitFor } from '../wait-for.ts';
import { NODE_IMAGE } from './image.ts';

/** Where containerd listens, inside the sandbox. */
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/** Writes containerd's and the pod network's configuration and returns containerd's arguments. */
export function containerd(layout: ClusterLayout): readonly string[] {
  const networks = inDirectory(layout, 'pod-network');
  mkdirSync(networks, { recursive: true });
  writeFileSync(inDirectory(layout, 'pod-network', 'pods.conflist'), JSON.stringify(POD_NETWORK, null, 2));
  const config = inDirectory(layout, 'containerd.toml');
  writeFileSync(config, containerdToml({ root: inDirectory(layout, 'containerd'), networks }));
  return ['--config', config];
}

/** Every pod hangs on a link of its own, so that its traffic to other pods is routed and judged by the policies. */
const POD_NETWORK = {
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'ptp',
      ipam: {
        type: 'host-local',
        dataDir: '/run/pod-addresses',
        ranges: [[{ subnet: POD_CIDR }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

function containerdToml({ root, networks }: { root: string; networks: string }): string {
  return `version = 2
root = "${root}"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]

[grpc]
address = "${CONTAINERD_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${NODE_IMAGE}"
# A container may not lower its score below that of its parent where root lacks CAP_SYS_RESOURCE.
restrict_oom_score_adj = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${networks}"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
`;
}

export async function containerdReady(sandbox: Sandbox): Promise<void> {
  await waitFor('containerd to answer', () => runInside(sandbox, 'ctr', ['version']).then(() => true));
}
