import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Ask, Fault } from './proxy-faults.ts';

/** Stands between an operator and an API server, and can spoil what passes. */
export class FaultyProxy {
  /** Kubeconfig of the API server through this. */
  readonly kubeconfig: string;
  /** Requests that have met the present fault. */
  met = 0;
  readonly #directory = mkdtempSync(join(tmpdir(), 'tidegate-operator-'));
  readonly #api: KubeConfig;
  readonly #server = createServer((asked, response) => this.#pass(asked, response));
  readonly #sockets = new Set<Socket>();
  readonly #frozen = new WeakSet<Socket>();
  #fault: Fault | undefined;

  private constructor(api: KubeConfig) {
    this.#api = api;
    this.kubeconfig = join(this.#directory, 'kubeconfig');
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      if (this.#fault?.freezes === true) this.#frozen.add(socket);
    });
  }

  static async start(api: KubeConfig): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(api);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    const { port } = proxy.#server.address() as AddressInfo;
    // The client library wants plain HTTP confirmed so.
    const cluster = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'proxy', cluster }],
      users: [{ name: 'user', user: { token: api.getCurrentUser()?.token } }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'user' } }],
      'current-context': 'proxy',
    };
    writeFileSync(proxy.kubeconfig, JSON.stringify(kubeconfig));
    return proxy;
  }

  begin(fault: Fault): void {
    this.#fault = fault;
    this.met = 0;
    for (const socket of this.#sockets) {
      if (fault.freezes === true) this.#frozen.add(socket);
      else socket.destroy();
    }
  }

  end(): void {
    this.#fault = undefined;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), 'close');
    rmSync(this.#directory, { recursive: true });
  }

  #pass(asked: IncomingMessage, response: ServerResponse): void {
    const fault = this.#fault;
    if (fault !== undefined) this.met += 1;
    if (this.#frozen.has(asked.socket) || fault?.answer?.(askOf(asked), response, asked) === true) return;
    const cluster = this.#api.getCurrentCluster();
    const ca = Buffer.from(cluster?.caData ?? '', 'base64');
    const url = new URL(asked.url ?? '/', cluster?.server);
    const { host: _host, ...headers } = asked.headers;
    const onward = request(url, { method: asked.method, headers, ca, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, headersOf(answer, fault)).flushHeaders();
      const spoilt = answer.pipe(fault?.spoil?.() ?? new PassThrough());
      spoilt.on('data', (chunk: Buffer) => {
        if (!this.#frozen.has(asked.socket)) response.write(chunk);
      });
      spoilt.on('end', () => {
        if (!this.#frozen.has(asked.socket)) response.end();
      });
      answer.on('error', () => response.destroy());
      response.on('close', () => spoilt.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    asked.pipe(onward);
  }
}

/** What is spoilt has another length than was promised. */
function headersOf({ headers }: IncomingMessage, fault: Fault | undefined): IncomingMessage['headers'] {
  const { 'content-length': _length, ...rest } = headers;
  return fault?.spoil === undefined ? headers : rest;
}

function askOf({ method, url = '' }: IncomingMessage): Ask {
  if (url.includes('watch=true')) return 'watch';
  return method === 'GET' && url.includes('limit=') ? 'list' : 'other';
}
