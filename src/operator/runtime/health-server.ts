import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TidegateError } from '../../spec/index.ts';
import type { Metrics } from './metrics.ts';
import { Profiles } from './profiles.ts';
import type { Reflector } from './reflector.ts';

type Watching = Pick<Reflector, 'kind' | 'synced' | 'stalledMs'>;

/** A watch that has brought nothing for this long is dead, though its connection may look alive. */
const STALLED_MS = 60_000;

/** Serves /healthz, /readyz and /metrics, and profiles to who is on the machine. */
export class HealthServer {
  readonly #server: Server;
  readonly #reflectors: readonly Watching[];
  readonly #metrics: Metrics;
  readonly #profiles = new Profiles();

  constructor(reflectors: readonly Watching[], metrics: Metrics) {
    this.#reflectors = reflectors;
    this.#metrics = metrics;
    this.#server = createServer((request, response) => {
      // A page that cannot be made is no reason to end.
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** Port it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** @throws TidegateError when the port is taken */
  async listen(port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(port, resolve);
    await promise.catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw TidegateError.of('TG2003', '--health-port', `Port ${port} is in use`);
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const named = (chosen: readonly Watching[]) => chosen.map(({ kind }) => kind.plural).join(', ');
    if (request.url === '/healthz') {
      const stalled = this.#reflectors.filter(({ stalledMs }) => stalledMs > STALLED_MS);
      answer(response, stalled.length === 0, `No watch progress: ${named(stalled)}`);
    } else if (request.url === '/readyz') {
      const missing = this.#reflectors.filter(({ synced }) => !synced);
      answer(response, missing.length === 0, `Not synced: ${named(missing)}`);
    } else if (request.url === '/metrics') {
      response.setHeader('content-type', this.#metrics.registry.contentType);
      response.end(await this.#metrics.registry.metrics());
    } else if (!(await this.#profiles.answer(request, response))) {
      response.writeHead(404).end();
    }
  }
}

function answer(response: ServerResponse, ok: boolean, problem: string): void {
  response.writeHead(ok ? 200 : 503, { 'content-type': 'text/plain' }).end(ok ? 'ok\n' : `${problem}\n`);
}
