import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { VERSION } from '../../spec/index.ts';
import { ApiError } from './api-error.ts';

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the server's address, without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** `application/json` by default. */
  readonly contentType?: string;
  /** `application/json` by default. */
  readonly accept?: string;
  /** Gives the request up. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which the connection is taken for dead. */
  readonly silenceMs?: number;
}

/** What was asked and how it ended, for metrics; status 0 is a connection that failed. */
export interface ApiExchange {
  readonly method: string;
  readonly host: string;
  readonly status: number;
  readonly seconds: number;
}

/** What the operator asks of an API server. */
export interface Api {
  /** Sends a request and reads the answer as JSON; throws ApiError when it is refused. */
  json<T>(request: ApiRequest): Promise<T>;
}

const SILENCE_MS = 15_000;

/** HTTP to the API server of a kubeconfig, with its authentication. */
export class ApiClient implements Api {
  readonly #config: KubeConfig;
  readonly #observe: (exchange: ApiExchange) => void;
  // TLS options go with each request instead of the agent, so that rotated certificates are picked up.
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };

  constructor(config: KubeConfig, observe: (exchange: ApiExchange) => void = () => {}) {
    this.#config = config;
    this.#observe = observe;
  }

  async json<T>(request: ApiRequest): Promise<T> {
    const response = await this.#send(request);
    const text = await textOf(response);
    if ((response.statusCode ?? 0) >= 400) throw ApiError.of(response, text);
    return JSON.parse(text) as T;
  }

  /** Sends a request and yields the lines of the answer as they come. Throws when the connection breaks. */
  async *lines(request: ApiRequest): AsyncGenerator<string, void> {
    const response = await this.#send(request);
    if ((response.statusCode ?? 0) >= 400) throw ApiError.of(response, await textOf(response));
    response.setEncoding('utf8');
    let rest = '';
    for await (const chunk of response) {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) if (line !== '') yield line;
    }
    if (rest !== '') throw new Error('The connection ended in the middle of a line');
  }

  /** Closes idle connections, so that the process can end. */
  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async #send(request: ApiRequest): Promise<IncomingMessage> {
    const cluster = this.#config.getCurrentCluster();
    const url = new URL(`${cluster?.server.replace(/\/$/, '')}${request.path}`);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const options: https.RequestOptions = {
      method: request.method ?? 'GET',
      signal: request.signal,
      timeout: request.silenceMs ?? SILENCE_MS,
    };
    await this.#config.applyToHTTPSOptions(options);
    const protocol = url.protocol === 'http:' ? 'http:' : 'https:';
    if (cluster?.proxyUrl === undefined) options.agent = this.#agents[protocol];
    options.headers = {
      ...options.headers,
      accept: request.accept ?? 'application/json',
      'user-agent': `tidegate-operator/${VERSION}`,
      ...(body === undefined
        ? {}
        : {
            'content-type': request.contentType ?? 'application/json',
            'content-length': Buffer.byteLength(body),
          }),
    };
    const started = performance.now();
    const exchange = (status: number) =>
      this.#observe({
        method: options.method ?? 'GET',
        host: url.host,
        status,
        seconds: (performance.now() - started) / 1_000,
      });
    return new Promise((resolve, reject) => {
      let answered = false;
      const outgoing = (protocol === 'http:' ? http : https).request(url, options, (response) => {
        answered = true;
        exchange(response.statusCode ?? 0);
        resolve(response);
      });
      outgoing.on('timeout', () => {
        outgoing.destroy(new Error(`The API server at ${url.host} was silent for ${options.timeout} ms`));
      });
      outgoing.on('error', (error) => {
        // After the answer has begun, its reader is told instead.
        if (!answered) exchange(0);
        reject(error);
      });
      outgoing.end(body);
    });
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}
