import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorBody, HttpError } from '../app/http-error.ts';

/** Answers whatever was thrown. What is no HttpError shows nothing of itself: it goes to the log, under the request's id. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const shown = shownError(error);
  if (shown.status >= 500) request.exchange.log.error({ err: error }, 'A request failed');
  reply
    .code(shown.status)
    .headers({ ...shown.headers })
    .send(errorBody(shown, request.id));
}

/** Fastify's errors of the client (4xx) are shown by their message. */
function shownError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new HttpError(statusCode, typeof message === 'string' ? message : undefined, { cause: error });
  }
  return new HttpError(500, 'Internal error', { cause: error });
}
