import { ApiException } from '@kubernetes/client-node';
import { TidegateError } from '../../spec/index.ts';
import { connectionFailure } from './connection-failure.ts';

/**
 * Says in a sentence why the API server did not do what it was asked.
 *
 * @param what what was asked for, as the path of the problem
 * @returns a TidegateError, or the error itself where it is neither an answer nor a connection that failed
 */
export function refusal(error: unknown, what: string): unknown {
  if (error instanceof ApiException) {
    return TidegateError.of('TG3003', what, `${statusMessage(error.body)} (HTTP ${error.code})`);
  }
  const failure = connectionFailure(error);
  if (failure === undefined) return error;
  return TidegateError.of('TG3002', what, `The API server does not answer (${failure})`);
}

function statusMessage(body: unknown): string {
  try {
    const status = (typeof body === 'string' ? JSON.parse(body) : body) as { message?: string };
    return status.message ?? 'The API server refused';
  } catch {
    return 'The API server refused';
  }
}
