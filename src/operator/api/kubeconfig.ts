import { existsSync, readFileSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { TidegateError } from '../../spec/index.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Configuration of the cluster: a file, else `KUBECONFIG`, else the pod's service account, else `~/.kube/config`.
 *
 * @throws TidegateError when there is none, or when it cannot be used as it is
 */
export async function loadKubeConfig(file: string | undefined): Promise<KubeConfig> {
  const source = file ?? process.env.KUBECONFIG ?? 'kubeconfig';
  const config = new KubeConfig();
  try {
    if (file !== undefined) config.loadFromFile(file);
    else if (!process.env.KUBECONFIG && existsSync(`${SERVICE_ACCOUNT}/token`)) config.loadFromCluster();
    else config.loadFromDefault();
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error(`Its context ${config.getCurrentContext() ?? ''} names no cluster`);
    if (config.getCurrentUser() === null)
      throw new Error(`Its context ${config.getCurrentContext()} names no user`);
    if (!URL.canParse(cluster.server)) throw new Error(`Its server ${cluster.server} is not an address`);
    // Reads the certificates and the token it names.
    await config.applyToHTTPSOptions({});
  } catch (error) {
    throw TidegateError.of('TG3002', source, (error as Error).message.split('\n')[0] ?? '');
  }
  return config;
}

/** Namespace of the pod this runs in. */
export function podNamespace(): string | undefined {
  const file = `${SERVICE_ACCOUNT}/namespace`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
