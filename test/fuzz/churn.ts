import { connect, type Socket } from 'node:net';
import { handshakeFor } from './handshake.ts';

const HANDSHAKE = handshakeFor('/ws');
/** Handshakes under way at once, so that the listener's queue does not overflow. */
const AT_ONCE = 200;

/** Opens so many WebSockets, holds all of them until the last is open, then drops them without a word. */
export async function openAndDrop(port: number, count: number): Promise<void> {
  const sockets: Socket[] = [];
  let started = 0;
  async function lane(): Promise<void> {
    while (started < count) {
      started += 1;
      sockets.push(await opened(port));
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, lane));
  for (const socket of sockets) socket.resetAndDestroy();
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(HANDSHAKE));
    socket.once('data', (data) => {
      if (data.toString('latin1').startsWith('HTTP/1.1 101')) resolve(socket);
      else reject(new Error(`The handshake was refused: ${data.toString('latin1').split('\r\n', 1)}`));
    });
    socket.on('error', reject);
  });
}
