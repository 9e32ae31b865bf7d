import { STATUS_CODES } from 'node:http';
import { errorBody, type HttpError } from '../app/http-error.ts';

const PROBLEM = /\bapplication\/problem\+json\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i;

/**
 * An error as the client sees it: the one form of this server, or that of RFC 9457 when it asks for
 * `application/problem+json`.
 */
export function errorAnswer(
  error: HttpError,
  requestId: string,
  accept = '',
): { readonly type: string; readonly body: string } {
  const plain = errorBody(error, requestId);
  if (!PROBLEM.test(accept)) {
    return { type: 'application/json; charset=utf-8', body: JSON.stringify(plain) };
  }
  const { code: status, error: detail, timestamp, details: errors } = plain;
  const title = STATUS_CODES[status] ?? 'Error';
  const problem = { type: 'about:blank', title, status, detail, timestamp, requestId, errors };
  return { type: 'application/problem+json; charset=utf-8', body: JSON.stringify(problem) };
}
