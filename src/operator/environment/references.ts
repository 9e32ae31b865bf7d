import { parse } from '../../spec/index.ts';
import { type KubeObject, keyOf } from '../api/kube-object.ts';
import type { Store } from '../runtime/store.ts';
import { neededKeys } from './credentials.ts';

/** Keys of the environments that read a Secret, whoever owns it. */
export function environmentsReading({ metadata }: KubeObject, environments: Store): readonly string[] {
  return [...environments.values()]
    .filter((environment) => environment.metadata.namespace === metadata.namespace)
    .filter((environment) => mayRead(environment, metadata.name) && reads(environment, metadata.name))
    .map(keyOf);
}

/** Spares the parsing of most: the name begins as the environment's own Secrets do, or stands in its spec. */
function mayRead({ metadata, spec }: KubeObject, secret: string): boolean {
  return secret.startsWith(`${metadata.name}-`) || JSON.stringify(spec ?? {}).includes(`"${secret}"`);
}

function reads(environment: KubeObject, secret: string): boolean {
  try {
    return neededKeys(parse(environment)).some(({ name }) => name === secret);
  } catch {
    // Its spec is refused, so it reads nothing yet.
    return false;
  }
}
