import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type ErrorDetail, HttpError } from '../app/http-error.ts';
import { errorAnswer } from './error-answer.ts';

/** Fastify's own messages may repeat the URL or the body, and with them a secret. */
const FRAMEWORK_ERRORS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'The URL is not valid',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty, but must be JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body has another length than Content-Length says',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'A body of this content type is not understood',
};

/** Answers whatever was thrown. What is no HttpError shows nothing of itself: it goes to the log, under the request's id. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const shown = shownError(error);
  // An HttpError without a cause is an answer that was meant: 503 while a backend is away is logged where that is noticed.
  const meant = error instanceof HttpError && error.cause === undefined;
  if (shown.status >= 500 && !meant) request.exchange.log.error({ err: error }, 'A request failed');
  const { type, body } = errorAnswer(shown, request.id, request.headers.accept);
  reply
    .code(shown.status)
    .headers({ ...shown.headers })
    .removeHeader('content-length')
    .serializer(String)
    .type(type)
    .send(body);
}

/** Errors of the client (4xx) that Fastify finds, or that say so themselves, are shown; all others are not. */
function shownError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = error.validation.map((issue) => detailOf(error.validationContext, issue));
    const [{ path, reason } = { path: '', reason: '' }] = details;
    return new HttpError(422, `${path}: ${reason}`, { details, cause: error });
  }
  const {
    statusCode,
    code = '',
    message,
  } = error as { statusCode?: number; code?: string; message?: string };
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) {
    return new HttpError(500, 'Internal error', { cause: error });
  }
  const own = error instanceof SyntaxError ? 'The body is not valid JSON' : message;
  const text = code.startsWith('FST_') ? (FRAMEWORK_ERRORS[code] ?? STATUS_CODES[statusCode]) : own;
  return new HttpError(statusCode, text, { cause: error });
}

function detailOf(
  context: string | undefined,
  { instancePath, message = '' }: { instancePath: string; message?: string | undefined },
): ErrorDetail {
  const part = context === 'querystring' ? 'query' : (context ?? '');
  const path = [part, ...instancePath.split('/')].filter((name) => name !== '');
  return { path: path.join('.'), reason: message };
}
