import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';

/** What the server does with one request. */
export type Answer = (response: ServerResponse, url: URL) => void;

/**
 * An HTTP server that answers requests as a test says, in turn, and keeps what was asked. The last answer of a list is given
 * again and again.
 */
export class FakeApiServer {
  readonly asked: URL[] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response));
  #lists: Answer[] = [];
  #watches: Answer[] = [];

  static async start(): Promise<FakeApiServer> {
    const fake = new FakeApiServer();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get config(): KubeConfig {
    const config = new KubeConfig();
    const { port } = this.#server.address() as AddressInfo;
    // The client library wants plain HTTP confirmed so.
    const cluster = { name: 'fake', server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
    config.loadFromClusterAndUser(cluster, { name: 'user', token: 'token' });
    return config;
  }

  script({
    lists,
    watches,
  }: {
    readonly lists: readonly Answer[];
    readonly watches: readonly Answer[];
  }): void {
    this.#lists = [...lists];
    this.#watches = [...watches];
  }

  /** Watches that were asked for. */
  get watches(): readonly URL[] {
    return this.asked.filter(({ searchParams }) => searchParams.has('watch'));
  }

  get lists(): readonly URL[] {
    return this.asked.filter(({ searchParams }) => !searchParams.has('watch'));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://fake');
    this.asked.push(url);
    const answers = url.searchParams.has('watch') ? this.#watches : this.#lists;
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response, url);
  }
}

/** A page of a list. */
export function page(names: readonly string[], resourceVersion: string, next?: string): Answer {
  return json(200, {
    metadata: { resourceVersion, ...(next === undefined ? {} : { continue: next }) },
    items: names.map((name) => ({ metadata: { name, namespace: 'ns', resourceVersion } })),
  });
}

/** A refusal by a Status object. */
export function refusal(code: number, headers: Record<string, string> = {}): Answer {
  return json(code, { kind: 'Status', code, message: `Refused with ${code}` }, headers);
}

export function json(code: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(code, headers).end(JSON.stringify(body));
}

/** An event of a watch, as a line. */
export function event(type: string, name: string, resourceVersion: string): string {
  return `${JSON.stringify({ type, object: { metadata: { name, namespace: 'ns', resourceVersion } } })}\n`;
}

/** Writes lines; then `end` closes in order, `cut` breaks the connection, `hold` keeps it open in silence. */
export function stream(lines: readonly string[], then: 'end' | 'cut' | 'hold'): Answer {
  return (response) => {
    response.writeHead(200).flushHeaders();
    for (const line of lines) response.write(line);
    if (then === 'end') response.end();
    // The lines are to arrive before the break.
    if (then === 'cut') setImmediate(() => response.socket?.resetAndDestroy());
  };
}
