import { down } from './down.ts';
import { CLUSTER_DIRECTORY, GATEWAY_PORTS } from './layout.ts';
import { importImage } from './node/image.ts';
import { isRunning } from './sandbox/sandbox.ts';
import { type ClusterState, readState } from './state.ts';

/** A cluster that runs on this machine. */
export interface Cluster {
  /** Path of the administrator's kubeconfig; the API server's address is reachable from this machine. */
  readonly kubeconfig: string;
  /** Where Envoy answers HTTP requests from this machine; it tells routes apart by the Host header. */
  readonly gatewayAddress: { readonly host: string; readonly port: number };
  /** Makes an image known to the node from an archive (`docker-archive:` or `oci-archive:`), under the names it carries. */
  loadImage(archivePath: string): Promise<void>;
  /** Takes it down; nothing of it stays. */
  stop(): Promise<void>;
}

/** The cluster of this checkout, if it is up. */
export function runningCluster(): Cluster | undefined {
  const state = readState(CLUSTER_DIRECTORY);
  if (state?.kubeconfig === undefined || !isRunning(state.sandbox)) return undefined;
  return clusterOf(state, state.kubeconfig);
}

export function clusterOf({ layout, sandbox }: ClusterState, kubeconfig: string): Cluster {
  return {
    kubeconfig,
    gatewayAddress: { host: layout.address, port: GATEWAY_PORTS.http },
    loadImage: (archivePath) => importImage(sandbox, archivePath),
    stop: down,
  };
}
