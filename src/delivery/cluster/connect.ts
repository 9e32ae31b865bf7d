import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { TidegateError } from '../../spec/index.ts';

export interface ConnectOptions {
  /** Path of a kubeconfig; by default `KUBECONFIG`, the pod's service account or `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** Context of the kubeconfig; its current one by default. */
  readonly context?: string;
}

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const NONE = 'There is none: no --kubeconfig, no KUBECONFIG, no ~/.kube/config, and this is no pod';

/**
 * Configuration of a cluster: a file, else `KUBECONFIG`, else the pod's service account, else `~/.kube/config`.
 *
 * @throws TidegateError when there is none, or when it cannot be used as it is
 */
export async function connect({ kubeconfig, context }: ConnectOptions): Promise<KubeConfig> {
  const source = kubeconfig ?? (process.env.KUBECONFIG || undefined);
  const config = new KubeConfig();
  try {
    if (kubeconfig !== undefined) config.loadFromFile(kubeconfig);
    else if (source === undefined && existsSync(TOKEN)) config.loadFromCluster();
    else if (source === undefined && !existsSync(join(homedir(), '.kube', 'config'))) throw new Error(NONE);
    else config.loadFromDefault();
    if (context !== undefined) config.setCurrentContext(context);
    await check(config);
  } catch (error) {
    throw TidegateError.of('TG3002', source ?? 'kubeconfig', sentence(error));
  }
  return config;
}

async function check(config: KubeConfig): Promise<void> {
  const context = config.getCurrentContext() || '';
  if (context === '') throw new Error('It names no current context');
  if (config.getContextObject(context) === null) throw new Error(`It has no context "${context}"`);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`Its context "${context}" names no cluster`);
  if (config.getCurrentUser() === null) throw new Error(`Its context "${context}" names no user`);
  if (!URL.canParse(cluster.server)) throw new Error(`Its server "${cluster.server}" is not an address`);
  // Reads the certificates and the token it names.
  await config.applyToHTTPSOptions({});
}

function sentence(error: unknown): string {
  if (error instanceof TypeError) return 'It is not a kubeconfig';
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `There is no file ${path}`;
  return (error as Error).message.split('\n')[0] ?? '';
}
