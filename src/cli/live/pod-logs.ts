import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { ApiException, type KubeConfig } from '@kubernetes/client-node';

/** A container that has started at least once. */
export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface LogQuery {
  readonly follow: boolean;
  /** The log of the container's run before this one. */
  readonly previous: boolean;
  /** Last lines to begin with; all by default. */
  readonly tail?: number;
  /** Seconds to go back; all by default. */
  readonly since?: number;
}

/**
 * The lines of a container's log. The client's own `Log` has no way to tell why a log is refused or breaks off.
 *
 * @throws ApiException when the API server refuses
 */
export async function* logLines(
  config: KubeConfig,
  { namespace, pod, container }: LogSource,
  query: LogQuery,
): AsyncGenerator<string> {
  const server = config.getCurrentCluster()?.server ?? '';
  const url = new URL(`${server}/api/v1/namespaces/${namespace}/pods/${pod}/log`);
  url.searchParams.set('container', container);
  if (query.follow) url.searchParams.set('follow', 'true');
  if (query.previous) url.searchParams.set('previous', 'true');
  if (query.tail !== undefined) url.searchParams.set('tailLines', String(query.tail));
  if (query.since !== undefined) url.searchParams.set('sinceSeconds', String(query.since));
  const response = await get(config, url);
  if (response.statusCode !== 200) {
    throw new ApiException(response.statusCode ?? 0, 'log', await text(response), {});
  }
  yield* createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY });
}

async function get(config: KubeConfig, url: URL): Promise<IncomingMessage> {
  const options = {};
  await config.applyToHTTPSOptions(options);
  const asked = request(url, options).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}
