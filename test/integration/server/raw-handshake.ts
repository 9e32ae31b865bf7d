import { connect } from 'node:net';
import { frame, OPCODE } from '../../fuzz/frames.ts';
import { Random } from '../../fuzz/random.ts';

const random = new Random(1);
/** What a client says once it is let in. */
export const GREETING = frame(random, OPCODE.text, Buffer.from('hello'));
const GOODBYE = frame(random, OPCODE.close, Buffer.of(0x03, 0xe8));

/**
 * Sends these bytes, each piece in a write of its own, and tells everything that came back, for example
 * `['101', 'text: hello', 'close 1000']` or `['400']`. Who is let in says hello and leaves; who is not says nothing more.
 *
 * @param request a request whose answer is waited for first, on the same connection
 */
export async function answersTo(
  port: number,
  pieces: readonly Buffer[],
  request?: Buffer,
): Promise<readonly string[]> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let received = Buffer.alloc(0);
  let said: 'request' | 'nothing' | 'hello' | 'goodbye' = request === undefined ? 'nothing' : 'request';
  let answered = () => {};
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
    const answers = read(received).slice(request === undefined ? 0 : 1);
    if (said === 'request' && read(received).length > 0) {
      said = 'nothing';
      answered();
    }
    if (said === 'nothing' && answers[0] === '101') {
      said = 'hello';
      socket.write(GREETING);
    } else if (said === 'nothing' && answers.length > 0) {
      said = 'goodbye';
      socket.end();
    }
    if (said === 'hello' && answers.includes('text: hello')) {
      said = 'goodbye';
      socket.end(GOODBYE);
    }
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  if (request !== undefined) {
    await new Promise<void>((resolve) => {
      answered = resolve;
      socket.write(request);
    });
  }
  for (const piece of pieces) {
    if (socket.destroyed || socket.writableEnded) break;
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
  }
  await closed;
  return read(received);
}

/** The whole responses, then, after a 101, the whole frames. */
function read(data: Buffer): string[] {
  const answers: string[] = [];
  let at = 0;
  for (;;) {
    const end = data.indexOf('\r\n\r\n', at);
    if (end < 0) return answers;
    const head = data.toString('latin1', at, end);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? head;
    at = end + 4;
    if (status === '101') return [...answers, status, ...framesOf(data.subarray(at))];
    at += Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
    if (at > data.length) return answers;
    answers.push(status);
  }
}

/** A server's frames: unmasked, and here all short. */
function framesOf(data: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at + 2 <= data.length; ) {
    const [opcode, length] = [(data[at] ?? 0) & 0x0f, data[at + 1] ?? 0];
    const payload = data.subarray(at + 2, at + 2 + length);
    if (payload.length < length) break;
    at += 2 + length;
    if (opcode === OPCODE.close) frames.push(`close ${payload.length < 2 ? 1005 : payload.readUInt16BE(0)}`);
    else frames.push(`${opcode === OPCODE.text ? 'text' : `opcode ${opcode}`}: ${payload}`);
  }
  return frames;
}
