import { parse } from '../../spec/index.ts';
import { type KubeObject, keyOf } from '../api/kube-object.ts';
import { neededKeys } from './credentials.ts';

/** `namespace/name` of the Secrets that an environment reads, whoever owns them. */
export function secretsReadBy(environment: KubeObject): readonly string[] {
  const { namespace } = environment.metadata;
  try {
    return neededKeys(parse(environment)).map(({ name }) => keyOf({ metadata: { name, namespace } }));
  } catch {
    // Its spec is refused, so it reads nothing yet.
    return [];
  }
}
