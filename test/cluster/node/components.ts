import { mkdirSync, writeFileSync } from 'node:fs';
import type { Component } from '../control-plane/components.ts';
import {
  type ClusterLayout,
  cgroupName,
  DNS_SERVICE_ADDRESS,
  inDirectory,
  NODE_NAME,
  POD_CIDR,
} from '../layout.ts';
import { CONTAINERD_SOCKET } from './containerd.ts';

export function kubelet(layout: ClusterLayout, kubeconfig: string): Component {
  const config = inDirectory(layout, 'kubelet.json');
  writeFileSync(config, JSON.stringify(kubeletConfiguration(layout), null, 2));
  // Pods get the cluster's names only, none of this machine's.
  writeFileSync(inDirectory(layout, 'resolv.conf'), '');
  mkdirSync(inDirectory(layout, 'pod-logs'), { recursive: true });
  return {
    tool: 'kubelet',
    args: [
      `--config=${config}`,
      `--kubeconfig=${kubeconfig}`,
      `--root-dir=${inDirectory(layout, 'kubelet')}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${layout.address}`,
    ],
  };
}

function kubeletConfiguration(layout: ClusterLayout) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: inDirectory(layout, 'apiserver-client.crt') },
    },
    authorization: { mode: 'Webhook' },
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroupName(layout)}`,
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [DNS_SERVICE_ADDRESS],
    clusterDomain: 'cluster.local',
    resolvConf: inDirectory(layout, 'resolv.conf'),
    podLogsDir: inDirectory(layout, 'pod-logs'),
    serializeImagePulls: false,
    // Tests load images once; a full disk is the machine's affair.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    // Pods of a test cluster come and go all at once.
    kubeAPIQPS: 200,
    kubeAPIBurst: 400,
  };
}

export function kubeProxy(kubeconfig: string): Component {
  return {
    tool: 'kube-proxy',
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--hostname-override=${NODE_NAME}`,
      '--proxy-mode=nftables',
      `--cluster-cidr=${POD_CIDR}`,
      // The limits of connection tracking belong to the machine, not to the namespace.
      '--conntrack-max-per-core=0',
      '--conntrack-tcp-timeout-established=0',
      '--conntrack-tcp-timeout-close-wait=0',
    ],
  };
}

export function kubeScheduler(kubeconfig: string): Component {
  return {
    tool: 'kube-scheduler',
    args: [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0'],
  };
}
