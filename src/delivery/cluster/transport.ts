import { ApiException, type Configuration, type HttpMethod } from '@kubernetes/client-node';

/** For one answer, whole; an API server that says nothing for so long is as good as gone. */
const LONGEST_MS = 30_000;

interface Asked {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string; readonly content: object };
}

/** Requests to an API server, over the client's own connections and authentication. */
export class Transport {
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  /** @throws ApiException when the API server refuses */
  async json<T>(method: HttpMethod, path: string, asked: Asked = {}): Promise<T> {
    return JSON.parse(await this.text(method, path, asked));
  }

  /** @throws ApiException when the API server refuses */
  async text(method: HttpMethod, path: string, { query = {}, body }: Asked = {}): Promise<string> {
    const { baseServer, authMethods, httpApi } = this.#configuration;
    const request = baseServer.makeRequestContext(path, method);
    request.setSignal(AbortSignal.timeout(LONGEST_MS));
    request.setHeaderParam('Accept', 'application/json, */*');
    for (const [name, value] of Object.entries(query)) request.setQueryParam(name, value);
    if (body !== undefined) {
      request.setHeaderParam('Content-Type', body.type);
      request.setBody(JSON.stringify(body.content));
    }
    await authMethods.default?.applySecurityAuthentication(request);
    const response = await httpApi.send(request).toPromise();
    const text = await response.body.text();
    if (response.httpStatusCode >= 400) {
      throw new ApiException(response.httpStatusCode, `${method} ${path}`, text, response.headers);
    }
    return text;
  }
}

/** For what may not be there: undefined instead of the answer that it is not. */
export function missing(error: unknown): undefined {
  if (error instanceof ApiException && error.code === 404) return undefined;
  throw error;
}
