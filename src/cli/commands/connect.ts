import { createInterface, type Interface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { type Loss, ReconnectingSocket } from '../../client/index.ts';
import { TidegateError } from '../../spec/index.ts';
import { addressOf, type TokenOptions } from '../connect/address.ts';
import { type PrintEvent, printBeside, printJson, printText } from '../connect/frame-printer.ts';
import { HandshakeAnswer } from '../connect/handshake-answer.ts';
import { EXIT } from '../report.ts';

interface ConnectCommandOptions extends TokenOptions {
  readonly protocol?: readonly string[];
  readonly reconnect: boolean;
  readonly wait: number;
  readonly output: 'text' | 'json';
}

/** Bytes that may wait to leave before no more lines are read. */
const MOST_WAITING = 1_048_576;
const NORMAL = 1000;

/**
 * `tidegate connect`: sends the lines of standard input and prints what comes, until either side closes. At a terminal
 * Ctrl-C and Ctrl-D close; from a pipe its end does, after a wait for answers.
 */
export async function connectCommand(url: string, options: ConnectCommandOptions): Promise<void> {
  const address = addressOf(url, options);
  const answer = new HandshakeAnswer();
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  const socket = new ReconnectingSocket(address, {
    protocols: options.protocol ?? [],
    signal: leaving.signal,
    ...(options.reconnect ? {} : { maxRetries: 0 }),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave);

  let print: PrintEvent = options.output === 'json' ? printJson : printText;
  let input: Interface | undefined;
  socket.on('state', (state) => {
    if (state !== 'open') return;
    answer.text = '';
    print({ event: 'open', protocol: socket.protocol });
    if (input !== undefined) return;
    // Not read before: what nobody can be sent stays in the pipe.
    const typed = options.output === 'text' && process.stdin.isTTY && process.stdout.isTTY;
    input = createInterface({
      input: process.stdin,
      ...(typed ? { output: process.stdout } : {}),
      terminal: typed,
    });
    input.once('SIGINT', leave);
    if (typed) print = printBeside(input);
    void sendLines(input, socket, leaving.signal)
      .then(() => (typed ? undefined : pause(options.wait * 1_000, undefined, { signal: leaving.signal })))
      .then(leave, () => {});
  });
  socket.on('message', (data) => print({ event: 'message', data }));
  socket.on('binary', (data) => print({ event: 'binary', base64: Buffer.from(data).toString('base64') }));
  socket.on('reconnecting', ({ code, reason, delayMs }) =>
    print({ event: 'reconnecting', code, reason: reason || answer.text, delayMs }),
  );

  const { code, reason } = await new Promise<Loss>((resolve) => socket.on('close', resolve));
  leave();
  input?.close();
  process.stdin.destroy();
  const why = reason || answer.text;
  if (code === NORMAL || options.output === 'json') print({ event: 'close', code, reason: why });
  if (code === NORMAL) return;
  // As JSON the event has told it.
  if (options.output === 'json') process.exitCode = EXIT.failed;
  else throw ended(address, input === undefined, code, why);
}

/** Sends line by line, no faster than they leave, until there are no more or the signal ends it. */
async function sendLines(lines: Interface, socket: ReconnectingSocket, signal: AbortSignal): Promise<void> {
  lines.prompt();
  for await (const line of lines) {
    while (socket.state !== 'open' || socket.bufferedAmount > MOST_WAITING)
      await pause(10, undefined, { signal });
    socket.send(line);
    lines.prompt();
  }
}

/** Without its query: that may hold a token. */
function ended(address: string, refused: boolean, code: number, reason: string): TidegateError {
  const { origin, pathname } = new URL(address.replace(/^ws/, 'http'));
  const where = `${origin.replace(/^http/, 'ws')}${pathname}`;
  const why = reason === '' ? String(code) : refused ? reason : `${code} ${reason}`;
  return TidegateError.of(
    'TG6004',
    where,
    refused ? `No WebSocket was opened: ${why}` : `It was closed with ${why}`,
  );
}
