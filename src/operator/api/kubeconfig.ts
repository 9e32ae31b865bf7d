import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { TidegateError } from '../../spec/index.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const NONE = 'There is none: no --kubeconfig, no KUBECONFIG, no ~/.kube/config, and this is no pod';

/**
 * Configuration of the cluster: a file, else `KUBECONFIG`, else the pod's service account, else `~/.kube/config`.
 *
 * @throws TidegateError when there is none, or when it cannot be used as it is
 */
export async function loadKubeConfig(file: string | undefined): Promise<KubeConfig> {
  const source = file ?? (process.env.KUBECONFIG || undefined);
  const config = new KubeConfig();
  try {
    if (file !== undefined) config.loadFromFile(file);
    else if (source === undefined && existsSync(`${SERVICE_ACCOUNT}/token`)) config.loadFromCluster();
    else if (source === undefined && !existsSync(join(homedir(), '.kube', 'config'))) throw new Error(NONE);
    else config.loadFromDefault();
    await check(config);
  } catch (error) {
    throw TidegateError.of('TG3002', source ?? 'kubeconfig', sentence(error));
  }
  return config;
}

async function check(config: KubeConfig): Promise<void> {
  const context = config.getCurrentContext() ?? '';
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`Its context "${context}" names no cluster`);
  if (config.getCurrentUser() === null) throw new Error(`Its context "${context}" names no user`);
  if (!URL.canParse(cluster.server)) throw new Error(`Its server "${cluster.server}" is not an address`);
  // Reads the certificates and the token it names.
  await config.applyToHTTPSOptions({});
}

function sentence(error: unknown): string {
  if (error instanceof TypeError) return 'It is not a kubeconfig';
  return (error as Error).message.split('\n')[0] ?? '';
}

/** Namespace of the pod this runs in. */
export function podNamespace(): string | undefined {
  const file = `${SERVICE_ACCOUNT}/namespace`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
