/** Echo and a room over Socket.IO; who brings a token must bring a good one. */
import { createServer } from 'node:http';
import { jwtVerify } from 'jose';
import { Server } from 'socket.io';

const key = new TextEncoder().encode(process.env.TOKEN_KEY);
const http = createServer();
const io = new Server(http, { transports: ['websocket'] });

io.use(async (socket, next) => {
  const { token } = socket.handshake.auth;
  if (token === undefined) return next();
  try {
    await jwtVerify(token, key);
    next();
  } catch {
    next(new Error('The token is not valid'));
  }
});

io.on('connection', (socket) => {
  socket.join('room');
  socket.on('room', (text) => io.to('room').emit('room', text));
  socket.on('echo', (text) => socket.emit('echo', text));
});

http.listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 4096 });
