import type { Manifest } from '../../constructs/index.ts';
import { API_VERSION, KIND, PLURAL } from '../../spec/index.ts';
import { controllerReference, type KubeObject, keyOf } from '../api/kube-object.ts';
import { type Kind, SECRET } from '../kinds.ts';
import { Reflector, type ReflectorOptions } from '../runtime/reflector.ts';
import { applySetOf, MEMBER_OF } from './apply-set.ts';
import { DELIVERED_SELECTOR } from './marks.ts';
import { secretsReadBy } from './references.ts';
import { trimmedEnvironment, trimmedPart, trimmedSecret } from './trim.ts';

const ENVIRONMENT: Kind = { apiVersion: API_VERSION, kind: KIND, plural: PLURAL };

/** What the operator knows of the cluster: environments, the objects of trees, and which Secrets there are. */
export class Caches {
  readonly environments: Reflector;
  /** Objects of trees, whichever front door delivers them. */
  readonly tree: readonly Reflector[];
  /** Metadata alone, of all Secrets: an environment may reference any. */
  readonly secrets: Reflector;

  /** @param kinds kinds that trees can contain */
  constructor(
    kinds: readonly Kind[],
    options: Omit<ReflectorOptions, 'kind' | 'labelSelector' | 'metadataOnly' | 'cache'>,
  ) {
    this.environments = new Reflector({
      ...options,
      kind: ENVIRONMENT,
      cache: { keep: trimmedEnvironment, terms: environmentTerms },
    });
    this.tree = kinds.map(
      (kind) =>
        new Reflector({
          ...options,
          kind,
          labelSelector: DELIVERED_SELECTOR,
          cache: { keep: trimmedPart, terms: belongsTo },
        }),
    );
    this.secrets = new Reflector({
      ...options,
      kind: SECRET,
      metadataOnly: true,
      cache: { keep: trimmedSecret, terms: belongsTo },
    });
  }

  get all(): readonly Reflector[] {
    return [this.environments, ...this.tree, this.secrets];
  }

  /** Environments that an object was applied with, by its label: what outlives its environment has no owner. */
  appliedWith({ metadata }: KubeObject): readonly KubeObject[] {
    const set = metadata.labels?.[MEMBER_OF];
    return set === undefined ? [] : this.environments.store.find(set);
  }

  /** Whether the cluster has a kind of the tree. */
  serves(name: string): boolean {
    return this.tree.find(({ kind }) => kind.kind === name)?.served === true;
  }

  /** The cache of an object's kind. */
  of({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): Reflector {
    const found = this.tree.find((one) => one.kind.kind === kind && one.kind.apiVersion === apiVersion);
    if (found === undefined) throw new Error(`The operator does not deliver ${kind} of ${apiVersion}`);
    return found;
  }

  /** The cached object that a manifest speaks of. */
  live(manifest: Manifest): KubeObject | undefined {
    return this.of(manifest).store.get(keyOf(manifest));
  }
}

/** The Secrets that an environment reads, and the set its objects are applied with. */
function environmentTerms(environment: KubeObject): readonly string[] {
  return [...secretsReadBy(environment), applySetOf(environment)];
}

/** The uid of what controls an object, and the set it was applied with. */
function belongsTo(object: KubeObject): readonly string[] {
  const set = object.metadata.labels?.[MEMBER_OF];
  return [controllerReference(object)?.uid, set].filter((term) => term !== undefined);
}
