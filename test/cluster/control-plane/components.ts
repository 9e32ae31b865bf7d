import { join } from 'node:path';
import type { ToolName } from '../tools/recipes.ts';

/** One process of the cluster. */
export interface Component {
  readonly tool: ToolName;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where a control plane keeps its files and listens. */
export interface ControlPlaneLayout {
  readonly directory: string;
  readonly address: string;
  readonly ports: { readonly etcd: number; readonly etcdPeer: number; readonly apiserver: number };
}

export function etcd({ directory, ports }: ControlPlaneLayout): Component {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return {
    tool: 'etcd',
    args: [
      `--data-dir=${join(directory, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // The data lives no longer than the run.
      '--unsafe-no-fsync',
    ],
  };
}

/** An API server with self-signed certificates of its own making, whose clients come with tokens. */
export function kubeApiserver(layout: ControlPlaneLayout, extraArgs: readonly string[] = []): Component {
  const { directory, address, ports } = layout;
  return {
    tool: 'kube-apiserver',
    args: [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      `--bind-address=${address}`,
      `--advertise-address=${address}`,
      `--secure-port=${ports.apiserver}`,
      `--cert-dir=${join(directory, 'certificates')}`,
      `--token-auth-file=${join(directory, 'tokens.csv')}`,
      '--authorization-mode=Node,RBAC',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-signing-key-file=${join(directory, 'service-account.key')}`,
      `--service-account-key-file=${join(directory, 'service-account.key')}`,
      '--allow-privileged=true',
      ...extraArgs,
    ],
  };
}

export function kubeControllerManager(
  { directory }: ControlPlaneLayout,
  kubeconfig: string,
  extraArgs: readonly string[] = [],
): Component {
  return {
    tool: 'kube-controller-manager',
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--root-ca-file=${join(directory, 'certificates', 'apiserver.crt')}`,
      `--service-account-private-key-file=${join(directory, 'service-account.key')}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      '--secure-port=0',
      ...extraArgs,
    ],
  };
}
