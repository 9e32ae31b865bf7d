import type { KubeConfig } from '@kubernetes/client-node';
import { type ConnectOptions, connect, ObjectApi, refusal } from '../../delivery/cluster/index.ts';

export interface ClusterOptions extends ConnectOptions {
  /** By default the one of the context, else `default`, as kubectl has it. */
  readonly namespace?: string;
}

/** Does something with a cluster; what the API server refuses is told in a sentence. */
export async function withCluster<T>(
  options: ClusterOptions,
  use: (api: ObjectApi, namespace: string, config: KubeConfig) => Promise<T>,
): Promise<T> {
  const config = await connect(options);
  const context = config.getContextObject(config.getCurrentContext());
  const namespace = options.namespace ?? context?.namespace ?? 'default';
  try {
    return await use(ObjectApi.of(config), namespace, config);
  } catch (error) {
    throw refusal(error, config.getCurrentCluster()?.server ?? 'cluster');
  }
}
