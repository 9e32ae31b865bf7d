import { ApiException } from '@kubernetes/client-node';
import { TidegateError } from '../../spec/index.ts';
import { connectionFailure } from './connection-failure.ts';

const REMEDIES = {
  unknown: 'Log in to the cluster again, or correct the user of the kubeconfig',
  forbidden: 'Ask for that right, or use the context of somebody who has it',
};

/** Whether the API server knows who asks, and does not let them. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ApiException && error.code === 403;
}

/**
 * Says in a sentence why the API server did not do what it was asked.
 *
 * @param what what was asked for, as the path of the problem
 * @returns a TidegateError, or the error itself where it is neither an answer nor a connection that failed
 */
export function refusal(error: unknown, what: string): unknown {
  if (error instanceof ApiException) {
    const reason = `${statusMessage(error.body)} (HTTP ${error.code})`;
    if (error.code === 401) return TidegateError.of('TG3002', what, reason, REMEDIES.unknown);
    // Quotas and policies forbid as well, and say why.
    const lacksRight = isForbidden(error) && reason.includes('forbidden: User "');
    return TidegateError.of('TG3003', what, reason, lacksRight ? REMEDIES.forbidden : undefined);
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
