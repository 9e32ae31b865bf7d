import { parseKnown } from '../../spec/index.ts';
import { type KubeObject, keyOf } from '../api/kube-object.ts';
import { copiesOf } from './copies.ts';
import { neededKeys } from './credentials.ts';

/** `namespace/name` of the Secrets that an environment reads or copies, whoever owns them. */
export function secretsReadBy(environment: KubeObject): readonly string[] {
  const { namespace } = environment.metadata;
  try {
    const { environment: parsed } = parseKnown(environment);
    const read = neededKeys(parsed).map(({ name }) => ({ name, namespace }));
    const copied = copiesOf(parsed).map(({ copy }) => copy.from);
    return [...read, ...copied].map((metadata) => keyOf({ metadata } as KubeObject));
  } catch {
    // Its spec is refused, so it reads nothing yet.
    return [];
  }
}
