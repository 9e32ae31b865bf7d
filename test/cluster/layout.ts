import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { cacheDirectory } from './cache-directory.ts';
import type { ControlPlaneLayout } from './control-plane/components.ts';

/** Where the cluster of this checkout keeps its files, and what its parts are called and listen on. */
export interface ClusterLayout extends ControlPlaneLayout {
  /** Tells clusters of one machine apart; the interface and the cgroup are named after it. */
  readonly id: string;
  readonly hostAddress: string;
}

export const NODE_NAME = 'node';
export const POD_CIDR = '10.244.0.0/16';
export const DNS_SERVICE_ADDRESS = '10.96.0.10';
/** Ports of the node's address that proxy to the pods. */
export const GATEWAY_PORTS = { http: 8080, https: 8443 } as const;

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** Directory of all that lives as long as this checkout's cluster; outside it, so that cleaning it loses no track. */
export const CLUSTER_DIRECTORY: string = join(
  cacheDirectory(),
  `cluster-${digest(resolve(import.meta.dirname, '../..'))}`,
);

/** The `slot`th of the 64 point-to-point networks that clusters of one machine choose from. */
export function layoutOf(slot: number): ClusterLayout {
  return {
    directory: CLUSTER_DIRECTORY,
    id: digest(CLUSTER_DIRECTORY),
    hostAddress: `172.31.255.${slot * 4 + 1}`,
    address: `172.31.255.${slot * 4 + 2}`,
    ports: { etcd: 2379, etcdPeer: 2380, apiserver: 6443 },
  };
}

/** The first slot whose network no interface of this machine has. */
export function freeSlot(addressesInUse: readonly string[]): number {
  const slots = Array.from({ length: 64 }, (_, slot) => slot);
  const free = slots.find((slot) => !addressesInUse.includes(layoutOf(slot).hostAddress));
  if (free === undefined) throw new Error('All 64 networks of local clusters are in use: take some down');
  return free;
}

export const interfaceName = ({ id }: Pick<ClusterLayout, 'id'>) => `tg-${id}`;
export const cgroupName = ({ id }: Pick<ClusterLayout, 'id'>) => `tidegate-${id}`;
export const inDirectory = ({ directory }: Pick<ClusterLayout, 'directory'>, ...names: string[]) =>
  join(directory, ...names);
