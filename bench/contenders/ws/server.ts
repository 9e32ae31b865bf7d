/** Echo, echo behind a token, and a room, over `ws` alone. */
import { createServer } from 'node:http';
import { jwtVerify } from 'jose';
import { WebSocket, WebSocketServer } from 'ws';

const key = new TextEncoder().encode(process.env.TOKEN_KEY);
const http = createServer((_, response) => response.end());
const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const room = new Set<WebSocket>();

http.on('upgrade', async (request, wire, head) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'ws://localhost');
  if (pathname === '/secure/ws') {
    try {
      await jwtVerify(searchParams.get('token') ?? '', key);
    } catch {
      wire.destroy();
      return;
    }
  }
  server.handleUpgrade(request, wire, head, (socket) => {
    socket.on('error', () => {});
    if (pathname === '/room') join(socket);
    else socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
});

function join(socket: WebSocket): void {
  room.add(socket);
  socket.on('close', () => room.delete(socket));
  socket.on('message', (data, binary) => {
    for (const member of room) {
      if (member.readyState === WebSocket.OPEN) member.send(data, { binary });
    }
  });
}

http.listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 4096 });
