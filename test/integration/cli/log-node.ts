import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the kubelet of a node does of its work here: it gives the API server the logs of containers. */
export class LogNode {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** @param logs by the name of the pod */
  static async start(logs: ReadonlyMap<string, string>): Promise<LogNode> {
    const server = createServer(certificate(), (request, response) => {
      const url = new URL(request.url ?? '', 'https://node');
      const [, , , pod = ''] = url.pathname.split('/');
      const lines = (logs.get(pod) ?? '').split('\n').filter((line) => line !== '');
      const tail = url.searchParams.get('tailLines');
      const shown = tail === null ? lines : lines.slice(-Number(tail));
      response.write(shown.map((line) => `${line}\n`).join(''));
      // Who follows is told what comes, which is nothing.
      if (url.searchParams.get('follow') !== 'true') response.end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new LogNode(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function certificate(): { readonly key: string; readonly cert: string } {
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-log-node-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=127.0.0.1', '-days', '2'];
  execFileSync('openssl', [...args, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(directory, { recursive: true });
  return pair;
}
