import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** What a server behind the proxy got. */
export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Port of the connection that it came on. */
  readonly connection: number;
}

export interface Recorder {
  /** For `upstreams`. */
  readonly address: string;
  readonly requests: readonly Recorded[];
  close(): Promise<void>;
}

/** A plain server behind the proxy: notes each request, echoes on WebSockets, and never pings. */
export async function startRecorder(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    response.end('fine'),
): Promise<Recorder> {
  const requests: Recorded[] = [];
  const note = ({ method = '', url = '', headers, socket }: IncomingMessage) =>
    requests.push({ method, url, headers, connection: socket.remotePort ?? 0 });
  const http = createServer((request, response) => {
    note(request);
    answer(request, response);
  });
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket, request) => {
    note(request);
    socket.on('error', () => {});
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
