import { connect, type Socket } from 'node:net';
import type { Conversation } from './frames.ts';
import { handshakeFor } from './handshake.ts';
import type { Random } from './random.ts';

/** What a server did in a conversation. */
export interface Outcome {
  readonly echoes: readonly string[];
  /** Code of its close frame; undefined when it sent none. */
  readonly code: number | undefined;
}

/** Holds a conversation over a connection of its own, its bytes cut into pieces at random, and tells what came back. */
export async function talk(port: number, path: string, said: Conversation, random: Random): Promise<Outcome> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const received: Buffer[] = [];
  let heard = () => {};
  socket.on('data', (data) => {
    received.push(data);
    heard();
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const handshake = handshakeFor(path);
  if (said.patient) {
    await inPieces(socket, Buffer.concat([handshake, said.messages]), random);
    await new Promise<void>((resolve) => {
      heard = () => {
        if (outcomeOf(Buffer.concat(received)).echoes.length >= said.echoes.length) resolve();
      };
      socket.once('close', () => resolve());
      heard();
    });
    await inPieces(socket, said.ending, random);
  } else {
    await inPieces(socket, Buffer.concat([handshake, said.messages, said.ending]), random);
  }
  if (said.end.kind === 'gone') socket.destroy();
  else socket.end();
  await closed;
  return outcomeOf(Buffer.concat(received));
}

async function inPieces(socket: Socket, data: Buffer, random: Random): Promise<void> {
  let rest = data;
  while (rest.length > 0) {
    const cut = random.chance(0.5) ? rest.length : random.between(1, rest.length);
    await written(socket, rest.subarray(0, cut));
    rest = rest.subarray(cut);
  }
}

function written(socket: Socket, data: Buffer): Promise<void> {
  return new Promise((resolve) => socket.write(data, () => resolve()));
}

/** Reads what a server sent: unmasked, unfragmented frames after the head of the 101. */
function outcomeOf(data: Buffer): Outcome {
  const echoes: string[] = [];
  const head = data.indexOf('\r\n\r\n');
  let at = head < 0 ? data.length : head + 4;
  while (at + 2 <= data.length) {
    const opcode = (data[at] ?? 0) & 0x0f;
    let length = (data[at + 1] ?? 0) & 0x7f;
    at += 2;
    if (length === 126) {
      length = data.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(data.readBigUInt64BE(at));
      at += 8;
    }
    if (at + length > data.length) break;
    const payload = data.subarray(at, at + length);
    at += length;
    if (opcode === 1) echoes.push(payload.toString());
    else if (opcode === 8) return { echoes, code: payload.length >= 2 ? payload.readUInt16BE(0) : 1005 };
  }
  return { echoes, code: undefined };
}
