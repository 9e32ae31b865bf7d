import { once } from 'node:events';
import WebSocket from 'ws';
import { waitFor } from '../cluster/wait-for.ts';

/** Where a proxy listens. */
export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}

/** What the server sends to members of a room. */
export interface ChatEvent {
  readonly type: string;
  readonly user?: string;
  readonly text?: string;
  readonly users?: readonly string[];
}

/** One WebSocket through a proxy, which finds the environment by the Host header. */
export class Client {
  readonly socket: WebSocket;
  readonly events: ChatEvent[] = [];
  closed: { readonly code: number } | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.events.push(asEvent(String(data)));
    });
    socket.on('close', (code) => {
      this.closed = { code };
    });
    socket.on('error', () => {});
  }

  static async open(proxy: ProxyAddress, host: string, path: string): Promise<Client> {
    const socket = new WebSocket(`ws://${proxy.host}:${proxy.port}${path}`, { headers: { host } });
    const client = new Client(socket);
    await once(socket, 'open');
    return client;
  }

  send(text: string): void {
    this.socket.send(text);
  }

  /** Waits for an event that fits. */
  event(what: string, fits: (event: ChatEvent) => boolean): Promise<ChatEvent> {
    return waitFor(what, () => this.events.find(fits), { seconds: 15, everyMilliseconds: 20 });
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close(1000);
    await waitFor('the socket to close', () => this.closed, { seconds: 15, everyMilliseconds: 20 });
  }
}

/** Plain text, as `/ws` echoes it, becomes an event of its own. */
function asEvent(text: string): ChatEvent {
  try {
    return JSON.parse(text) as ChatEvent;
  } catch {
    return { type: 'text', text };
  }
}
