import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { VERSION } from '../../spec/index.ts';
import { broken, linesOf, parsed, textOf } from './answer.ts';
import { ApiError } from './api-error.ts';
import { ConnectionError } from './connection-error.ts';
import { type Agents, Connections } from './connections.ts';

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
  /** Milliseconds after which it is given up, however much of the answer is in. */
  readonly deadlineMs?: number;
  /** Called right before it goes out; what this throws keeps it back. */
  readonly guard?: () => void;
}

export interface ApiClientOptions {
  /** Told of each request. */
  readonly observe?: (exchange: ApiExchange) => void;
  readonly patience?: Patience | undefined;
}

/** How long an answer that is not watched may take, in milliseconds. */
export interface Patience {
  /** Without a byte; then the connection is taken for dead. */
  readonly silenceMs: number;
  /** In all, where a request has no deadline of its own. */
  readonly deadlineMs: number;
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
  /** Sends a request and reads the answer as JSON; throws ApiError when it is refused, else ConnectionError. */
  json<T>(request: ApiRequest): Promise<T>;
}

const PATIENCE: Patience = { silenceMs: 15_000, deadlineMs: 30_000 };

/** HTTP to the API server of a kubeconfig, with its authentication. */
export class ApiClient implements Api {
  readonly #config: KubeConfig;
  readonly #observe: (exchange: ApiExchange) => void;
  readonly #patience: Patience;
  readonly #connections = new Connections();

  constructor(config: KubeConfig, { observe = () => {}, patience = PATIENCE }: ApiClientOptions = {}) {
    this.#config = config;
    this.#observe = observe;
    this.#patience = patience;
  }

  async json<T>(request: ApiRequest): Promise<T> {
    const { silenceMs, deadlineMs } = this.#patience;
    const response = await this.#send({ deadlineMs, ...request }, this.#connections.requests, silenceMs);
    const text = await textOf(response);
    if ((response.statusCode ?? 0) >= 400) throw ApiError.of(response, text);
    return parsed<T>(text);
  }

  /** Sends a request and yields the lines of the answer, parsed, as they come. Throws when the connection breaks. */
  async *lines<T>(request: ApiRequest & { readonly deadlineMs: number }): AsyncGenerator<T, void> {
    const response = await this.#send(request, this.#connections.watches);
    if ((response.statusCode ?? 0) >= 400) throw ApiError.of(response, await textOf(response));
    yield* linesOf<T>(response);
  }

  /** Closes idle connections, so that the process can end. */
  close(): void {
    this.#connections.close();
  }

  /** @param silenceMs time without a byte after which the connection is taken for dead; unlimited by default */
  async #send(request: ApiRequest, pool: Agents, silenceMs?: number): Promise<IncomingMessage> {
    const cluster = this.#config.getCurrentCluster();
    const url = new URL(`${cluster?.server.replace(/\/$/, '')}${request.path}`);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const options: https.RequestOptions = {
      method: request.method ?? 'GET',
      signal: request.signal,
      timeout: silenceMs,
    };
    await this.#config.applyToHTTPSOptions(options);
    // What comes before may take its time: a plugin that fetches a token, for example.
    request.guard?.();
    const protocol = url.protocol === 'http:' ? 'http:' : 'https:';
    if (cluster?.proxyUrl === undefined) options.agent = pool[protocol];
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
      let answer: IncomingMessage | undefined;
      const outgoing = (protocol === 'http:' ? http : https).request(url, options, (response) => {
        answer = response;
        exchange(response.statusCode ?? 0);
        resolve(response);
      });
      const giveUp = (why: string) => {
        (answer ?? outgoing).destroy(new ConnectionError(`The API server at ${url.host} ${why}`));
        this.#connections.dropIdle();
      };
      const deadline = request.deadlineMs;
      const timer =
        deadline === undefined
          ? undefined
          : setTimeout(() => giveUp(`did not finish its answer within ${deadline} ms`), deadline);
      outgoing.on('timeout', () => giveUp(`was silent for ${silenceMs} ms`));
      outgoing.on('close', () => clearTimeout(timer));
      outgoing.on('error', (error) => {
        // After the answer has begun, its reader is told instead.
        if (answer === undefined) exchange(0);
        reject(broken(error));
      });
      outgoing.end(body);
    });
  }
}
