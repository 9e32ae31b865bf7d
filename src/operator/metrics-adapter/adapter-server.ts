import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { finished } from 'node:stream/promises';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import { TidegateError } from '../../spec/index.ts';
import { ApiError } from '../api/api-error.ts';
import { type Answers, refusal } from './answers.ts';
import type { Identity } from './certificate.ts';
import { type FrontProxy, type User, userOf } from './front-proxy.ts';

/** Whom it believes, and by what it is known. */
export interface Trust {
  readonly frontProxy: FrontProxy;
  readonly serving: Identity;
}

/** Answers the API server, and nobody else: who has no certificate of its front proxy is refused. */
export class AdapterServer {
  readonly #server: Server;
  readonly #answers: Answers;
  readonly #log: Logger;
  readonly #inHand = new Set<Promise<unknown>>();
  #frontProxy: FrontProxy;

  constructor(answers: Answers, trust: Trust, log: Logger) {
    this.#answers = answers;
    this.#log = log;
    this.#frontProxy = trust.frontProxy;
    this.#server = createServer(
      { ...contextOf(trust), requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        const answered = this.#respond(request, response)
          .then(() => finished(response))
          .catch(() => response.destroy())
          .finally(() => this.#inHand.delete(answered));
        this.#inHand.add(answered);
      },
    );
  }

  /** Port it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** @throws TidegateError when the port is taken */
  async listen(port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(port, resolve);
    await promise.catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw TidegateError.of('TG2003', '--port', `Port ${port} is in use`);
    });
  }

  /** Takes other certificates for connections to come. */
  trust(trust: Trust): void {
    this.#frontProxy = trust.frontProxy;
    this.#server.setSecureContext(contextOf(trust));
  }

  /** Finishes what is in hand, and closes. */
  async close(): Promise<void> {
    this.#server.close();
    await Promise.all(this.#inHand);
    // Connections on which nothing was ever asked count neither as idle nor as busy.
    this.#server.closeAllConnections();
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const user = this.#user(request);
      if (user === undefined) throw refusal(401, 'Unauthorized', 'Only the API server is answered');
      if (request.method !== 'GET') throw refusal(405, 'MethodNotAllowed', 'Metrics can only be read');
      const url = new URL(request.url ?? '/', 'https://adapter');
      send(response, 200, await this.#answers.get(user, url));
    } catch (error) {
      if (!(error instanceof ApiError))
        this.#log.warn({ error: (error as Error).message, path: request.url }, 'Could not answer');
      const known = error instanceof ApiError ? error : refusal(503, 'ServiceUnavailable', 'Try again');
      send(response, known.status, {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        code: known.status,
        reason: known.reason,
        message: known.message,
      });
    }
  }

  #user(request: IncomingMessage): User | undefined {
    const socket = request.socket as TLSSocket;
    if (!socket.authorized) return undefined;
    // Node takes a resumed session for authorized even if no certificate was ever shown in it.
    const { subject } = socket.getPeerCertificate() as Partial<PeerCertificate>;
    if (subject === undefined) return undefined;
    const { allowedNames } = this.#frontProxy;
    const isAllowed = [subject.CN].flat().some((name) => name !== undefined && allowedNames.includes(name));
    if (allowedNames.length > 0 && !isAllowed) return undefined;
    return userOf(this.#frontProxy, request.headersDistinct);
  }
}

function contextOf({ frontProxy, serving }: Trust) {
  return { ca: frontProxy.ca, cert: serving.certificate, key: serving.key, minVersion: 'TLSv1.2' } as const;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
