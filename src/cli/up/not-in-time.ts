import type { ObjectHealth } from '../../delivery/cluster/index.ts';
import { ERRORS, type Problem, TidegateError } from '../../spec/index.ts';

/** The error for what is not as it is to be when the time is over: a problem for each object. */
export function notInTime(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  open: readonly ObjectHealth[],
): TidegateError {
  if (open.length === 0) {
    return TidegateError.of('TG6008', `${namespace}/${name}`, 'The API server did not answer');
  }
  return new TidegateError(
    open.map(
      ({ kind, name: object, reason, remedy }): Problem => ({
        code: 'TG6008',
        path: `${kind} ${namespace}/${object}`,
        reason,
        remedy: remedy === '' ? ERRORS.TG6008.remedy : remedy,
      }),
    ),
  );
}
