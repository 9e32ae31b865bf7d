import { STATUS_CODES } from 'node:http';
import { z } from 'zod';

/** One thing that is wrong with a request. */
export interface ErrorDetail {
  /** Where it is, for example `query.username` or `body.items.0`. */
  readonly path: string;
  readonly reason: string;
}

export interface HttpErrorOptions {
  readonly details?: readonly ErrorDetail[];
  /** Further response headers, for example `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Kept for the log; never shown to the client. */
  readonly cause?: unknown;
  /** Which of the server's checks it was, as the metric of refusals names it; `handler` by default. */
  readonly check?: string;
}

/**
 * The one error an application throws to answer a client: before a WebSocket is accepted it refuses the handshake with
 * this status, in an HTTP handler it is the response. Its message is shown to the client.
 */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly details: readonly ErrorDetail[];
  readonly headers: Readonly<Record<string, string>>;
  readonly check: string;

  constructor(status: number, message = STATUS_CODES[status] ?? 'Error', options: HttpErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.status = status;
    this.details = options.details ?? [];
    this.headers = options.headers ?? {};
    this.check = options.check ?? 'handler';
  }
}

/** The body of every error: the one form, whatever went wrong. */
export const ErrorBody = z.object({
  error: z.string().describe('What is wrong, in a sentence'),
  code: z.int().describe('The HTTP status again'),
  timestamp: z.iso.datetime(),
  requestId: z.string().describe('As in X-Request-Id and in the log'),
  details: z
    .array(z.object({ path: z.string().describe('For example body.items.0.name'), reason: z.string() }))
    .readonly()
    .optional(),
});
export type ErrorBody = Readonly<z.output<typeof ErrorBody>>;

export function errorBody(
  { status, message, details }: HttpError,
  requestId: string,
  now = new Date(),
): ErrorBody {
  return {
    error: message,
    code: status,
    timestamp: now.toISOString(),
    requestId,
    ...(details.length > 0 && { details }),
  };
}
