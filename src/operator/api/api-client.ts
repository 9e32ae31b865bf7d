import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { VERSION } from '../../spec/index.ts';
import { ApiError } from './api-error.ts';
import { ConnectionError } from './connection-error.ts';

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
const MOST_CONNECTIONS = 24;

/** HTTP to the API server of a kubeconfig, with its authentication. */
export class ApiClient implements Api {
  readonly #config: KubeConfig;
  readonly #observe: (exchange: ApiExchange) => void;
  readonly #patience: Patience;
  // TLS options go with each request instead of the agent, so that rotated certificates are picked up. What is watched is
  // held for long and must not wait; the rest has turns, since each connection costs both sides memory.
  readonly #agents = { watches: agents(), requests: agents({ maxSockets: MOST_CONNECTIONS }) };

  constructor(config: KubeConfig, { observe = () => {}, patience = PATIENCE }: ApiClientOptions = {}) {
    this.#config = config;
    this.#observe = observe;
    this.#patience = patience;
  }

  async json<T>(request: ApiRequest): Promise<T> {
    const { silenceMs, deadlineMs } = this.#patience;
    const response = await this.#send({ deadlineMs, ...request }, this.#agents.requests, silenceMs);
    const text = await textOf(response);
    if ((response.statusCode ?? 0) >= 400) throw ApiError.of(response, text);
    return parsed(text) as T;
  }

  /** Sends a request and yields the lines of the answer, parsed, as they come. Throws when the connection breaks. */
  async *lines<T>(request: ApiRequest & { readonly deadlineMs: number }): AsyncGenerator<T, void> {
    const response = await this.#send(request, this.#agents.watches);
    if ((response.statusCode ?? 0) >= 400) throw ApiError.of(response, await textOf(response));
    let rest = '';
    for await (const chunk of textsOf(response)) {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) if (line !== '') yield parsed(line) as T;
    }
    if (rest !== '') throw new ConnectionError('The connection ended in the middle of a line');
  }

  /** Closes idle connections, so that the process can end. */
  close(): void {
    for (const agent of this.#eachAgent()) agent.destroy();
  }

  /** Idle connections are as dead as one that turned out to be, and each would cost another wait. */
  #dropIdle(): void {
    for (const { freeSockets } of this.#eachAgent()) {
      for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
    }
  }

  #eachAgent(): readonly http.Agent[] {
    return Object.values(this.#agents).flatMap((pair) => Object.values(pair));
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
        this.#dropIdle();
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

interface Agents {
  readonly 'http:': http.Agent;
  readonly 'https:': https.Agent;
}

function agents(options: http.AgentOptions = {}): Agents {
  const all = { keepAlive: true, ...options };
  return { 'http:': new http.Agent(all), 'https:': new https.Agent(all) };
}

async function* textsOf(response: IncomingMessage): AsyncGenerator<string, void> {
  response.setEncoding('utf8');
  try {
    for await (const chunk of response) yield chunk;
  } catch (error) {
    throw broken(error);
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of textsOf(response)) text += chunk;
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConnectionError('The answer is not JSON', { cause: error });
  }
}

function broken(error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const { message } = error as Error;
  // Node's whole sentence for an answer that breaks off.
  return new ConnectionError(message === 'aborted' ? 'The connection broke' : message, { cause: error });
}
