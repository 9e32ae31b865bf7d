import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type Upgrade = (request: IncomingMessage, wire: Duplex, head: Buffer) => void;

/**
 * Ends connections whose handshake comes before the request ahead of it is answered: node:http would send 101 first, and
 * the late response into the WebSocket.
 */
export function answeredFirst(server: Server, upgrade: Upgrade): Upgrade {
  const last = new WeakMap<Duplex, ServerResponse>();
  server.on('request', ({ socket }, response) => void last.set(socket, response));
  return (request, wire, head) => {
    if (last.get(wire)?.writableFinished === false) wire.destroy();
    else upgrade(request, wire, head);
  };
}
