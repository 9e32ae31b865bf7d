import { ApiException, KubeConfig } from '@kubernetes/client-node';
import { TidegateError } from '../../spec/index.ts';

export interface ConnectOptions {
  /** Path of a kubeconfig; `KUBECONFIG`, `~/.kube/config` or the service account by default. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Reads the configuration of a cluster. @throws TidegateError when there is none, or not that context */
export function connect({ kubeconfig, context }: ConnectOptions): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw TidegateError.of('TG3002', kubeconfig ?? 'kubeconfig', firstLine(error));
  }
  if (context !== undefined) {
    if (config.getContextObject(context) === null) {
      throw TidegateError.of('TG3002', context, 'The kubeconfig has no such context');
    }
    config.setCurrentContext(context);
  }
  return config;
}

/** Says in a sentence why the API server did not do what it was asked. */
export function clusterError(error: unknown, what: string): unknown {
  if (error instanceof ApiException) {
    return TidegateError.of('TG3003', what, `${statusMessage(error.body)} (HTTP ${error.code})`);
  }
  const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as { code?: string }).code;
  if (typeof cause === 'string')
    return TidegateError.of('TG3002', what, `The API server does not answer (${cause})`);
  return error;
}

function statusMessage(body: unknown): string {
  try {
    const status = (typeof body === 'string' ? JSON.parse(body) : body) as { message?: string };
    return status.message ?? 'The API server refused';
  } catch {
    return 'The API server refused';
  }
}

function firstLine(error: unknown): string {
  return String((error as Error).message ?? error).split('\n')[0] ?? '';
}
