import { CONNECTIONS_METRIC } from '../../constructs/index.ts';
import type { Api } from '../api/api-client.ts';
import { ApiError } from '../api/api-error.ts';
import { ConnectionCounts } from '../connections/connection-counts.ts';
import { serverPods } from '../connections/server-pods.ts';
import { Access } from './access.ts';
import { DOCUMENTS, metricValueList } from './documents.ts';
import type { User } from './front-proxy.ts';
import { type MetricRequest, metricRequest } from './metric-request.ts';

/** What is answered to whom. Refusals are ApiErrors, as those of the API server itself. */
export class Answers {
  readonly #api: Api;
  readonly #access: Access;
  readonly #counts = new ConnectionCounts();

  constructor(api: Api) {
    this.#api = api;
    this.#access = new Access(api);
  }

  /** @throws ApiError what is to be answered instead */
  async get(user: User, url: URL): Promise<object> {
    const request = metricRequest(url);
    const allowed =
      request === undefined
        ? await this.#access.mayGet(user, url.pathname)
        : await this.#access.mayRead(user, request);
    if (!allowed) throw refusal(403, 'Forbidden', `User "${user.user}" may not get ${url.pathname}`);
    if (request !== undefined) return this.#metric(request);
    const document = DOCUMENTS[url.pathname];
    if (document === undefined) throw refusal(404, 'NotFound', `There is no ${url.pathname}`);
    return document;
  }

  async #metric(request: MetricRequest): Promise<object> {
    const { namespace, name, metric, labelSelector, metricLabelSelector } = request;
    if (metric !== CONNECTIONS_METRIC) {
      throw refusal(404, 'NotFound', `Pods have no metric ${metric} here, only ${CONNECTIONS_METRIC}`);
    }
    if (metricLabelSelector !== undefined) {
      throw refusal(400, 'BadRequest', `${CONNECTIONS_METRIC} has no labels to select by`);
    }
    const one = name === '*' ? undefined : name;
    const pods = await serverPods(this.#api, { namespace, name: one, labelSelector });
    const counts = await this.#counts.of(pods);
    if (one !== undefined && counts.length === 0) {
      throw refusal(404, 'NotFound', `Pod ${namespace}/${one} is no server that tells its connections`);
    }
    return metricValueList(namespace, counts);
  }
}

/** A refusal in the form of the API server's. */
export function refusal(code: number, reason: string, message: string): ApiError {
  return new ApiError(code, { code, reason, message });
}
