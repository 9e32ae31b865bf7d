import type { Socket } from 'node:net';
import { requestId } from '../app/exchange.ts';
import { HttpError } from '../app/http-error.ts';
import { errorAnswer } from './error-answer.ts';
import { answerRaw } from './raw-answer.ts';

/** By the codes of Node's HTTP parser; all others are 400. */
const STATUS: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** Answers what is no HTTP request, or none in time. */
export function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS[error.code ?? ''] ?? 400;
  const id = requestId(undefined);
  const { type, body } = errorAnswer(new HttpError(status), id);
  answerRaw(socket, status, [`Content-Type: ${type}`, `X-Request-Id: ${id}`], body);
}
