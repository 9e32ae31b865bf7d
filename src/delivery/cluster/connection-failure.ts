/** Why a connection failed, in a word or two, such as `ECONNREFUSED`; undefined when an error is of another kind. */
export function connectionFailure(error: unknown): string | undefined {
  const { name, message, code, cause } = error as Failure;
  if (name === 'TimeoutError') return 'nothing for half a minute';
  if (cause !== undefined && message === 'fetch failed') return cause.code ?? cause.message;
  const known = cause?.code ?? code;
  return typeof known === 'string' ? known : undefined;
}

interface Failure {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly cause?: { readonly code?: string; readonly message?: string };
}
