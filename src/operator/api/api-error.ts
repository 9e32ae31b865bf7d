import type { IncomingMessage } from 'node:http';
import { ConnectionError } from './connection-error.ts';

/** The part of a `Status` object that is read here. */
interface Status {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly {
      readonly reason?: string;
      readonly message?: string;
      readonly field?: string;
    }[];
  };
}

/** The API server refused a request. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly status: number;
  /** Kubernetes' word for it, for example `AlreadyExists`. */
  readonly reason: string;
  /** How long the server asks to wait before the next attempt. */
  readonly retryAfterMs: number | undefined;
  readonly causes: NonNullable<NonNullable<Status['details']>['causes']>;

  constructor(status: number, body: Status, retryAfterMs?: number) {
    super(body.message ?? `The API server answered ${status}`);
    this.status = status;
    this.reason = body.reason ?? '';
    this.causes = body.details?.causes ?? [];
    const seconds = body.details?.retryAfterSeconds;
    this.retryAfterMs = retryAfterMs ?? (seconds === undefined ? undefined : seconds * 1_000);
  }

  /** Reads a refusal: a Status object, or whatever a proxy in between wrote. */
  static of(response: IncomingMessage, text: string): ApiError {
    const retryAfter = Number(response.headers['retry-after']);
    const retryAfterMs =
      response.headers['retry-after'] !== undefined && retryAfter >= 0 ? retryAfter * 1_000 : undefined;
    return new ApiError(response.statusCode ?? 0, statusOf(text), retryAfterMs);
  }
}

function statusOf(text: string): Status {
  try {
    const parsed = JSON.parse(text) as Status | null;
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return text === '' ? {} : { message: text.trim().slice(0, 500) };
  }
}

/** Whether an error is the API server's refusal with one of these HTTP statuses. */
export function isApiError(error: unknown, ...statuses: readonly number[]): error is ApiError {
  return error instanceof ApiError && statuses.includes(error.status);
}

/** Whether a failure passes by itself: a connection that broke, a server that is busy, a token that is about to be renewed. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  return error instanceof ApiError && (error.status >= 500 || [401, 409, 429].includes(error.status));
}
