import { STATUS_CODES } from 'node:http';

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
export interface ErrorBody {
  readonly error: string;
  /** The HTTP status again. */
  readonly code: number;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly requestId: string;
  readonly details?: readonly ErrorDetail[];
}

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
