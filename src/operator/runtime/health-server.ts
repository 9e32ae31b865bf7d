import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TidegateError } from '../../spec/index.ts';
import type { Metrics } from './metrics.ts';
import type { Reflector } from './reflector.ts';

type Watching = Pick<Reflector, 'kind' | 'synced' | 'stalledMs'>;

/** A watch that has brought nothing for this long is dead, though its connection may look alive. */
const STALLED_MS = 60_000;

/** Serves /healthz, /readyz and /metrics. */
export class HealthServer {
  readonly #server: Server;

  constructor(reflectors: readonly Watching[], metrics: Metrics) {
    const named = (chosen: readonly Watching[]) => chosen.map(({ kind }) => kind.plural).join(', ');
    this.#server = createServer(async (request, response) => {
      if (request.url === '/healthz') {
        const stalled = reflectors.filter(({ stalledMs }) => stalledMs > STALLED_MS);
        answer(response, stalled.length === 0, `No watch progress: ${named(stalled)}`);
      } else if (request.url === '/readyz') {
        const missing = reflectors.filter(({ synced }) => !synced);
        answer(response, missing.length === 0, `Not synced: ${named(missing)}`);
      } else if (request.url === '/metrics') {
        response.setHeader('content-type', metrics.registry.contentType);
        response.end(await metrics.registry.metrics());
      } else {
        response.writeHead(404).end();
      }
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
}

function answer(response: ServerResponse, ok: boolean, problem: string): void {
  response.writeHead(ok ? 200 : 503, { 'content-type': 'text/plain' }).end(ok ? 'ok\n' : `${problem}\n`);
}
