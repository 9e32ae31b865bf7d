import { ownedBy, secretManifest } from '../../constructs/index.ts';
import {
  decoded,
  type Environment,
  type SecretData,
  type SecretRequirement,
  secretRequirements,
} from '../../spec/index.ts';
import type { Api } from '../api/api-client.ts';
import { controllerReference, type KubeObject } from '../api/kube-object.ts';
import { ownerReference } from './desired.ts';
import { FRONT_DOOR } from './marks.ts';
import { COPY_TO, mayCopy } from './secret-marks.ts';
import type { SecretStore } from './secret-store.ts';

/** Why a copy is not made, or not brought up to date. */
export interface CopyTrouble {
  /** One word for programs. */
  readonly reason: string;
  /** A sentence for people. */
  readonly message: string;
}

/** What became of the copies of an environment. */
export interface Copied {
  /** Names of Secrets. */
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly troubles: readonly CopyTrouble[];
}

type Copy = SecretRequirement & { readonly copy: NonNullable<SecretRequirement['copy']> };
type Outcome = 'created' | 'updated' | 'nothing' | CopyTrouble;

/** The copies that an environment has of Secrets of other namespaces. */
export function copiesOf(environment: Environment): readonly Copy[] {
  return secretRequirements(environment).filter((one): one is Copy => one.copy !== undefined);
}

/** Keeps copies equal to their sources, as long as these allow it. A copy whose source is gone stays as it is. */
export class Copies {
  readonly #secrets: SecretStore;
  /** Of each copy, uid and version of the source it was last found equal to. */
  readonly #equal = new WeakMap<KubeObject, string>();

  constructor(secrets: SecretStore) {
    this.#secrets = secrets;
  }

  async follow(api: Api, environment: Environment, owner: KubeObject): Promise<Copied> {
    const copies = copiesOf(environment);
    const outcomes = await Promise.all(copies.map((copy) => this.#follow(api, environment, owner, copy)));
    const names = (wanted: Outcome) =>
      copies.filter((_, index) => outcomes[index] === wanted).map(({ name }) => name);
    return {
      created: names('created'),
      updated: names('updated'),
      troubles: outcomes.filter((outcome) => typeof outcome === 'object'),
    };
  }

  async #follow(api: Api, environment: Environment, owner: KubeObject, copy: Copy): Promise<Outcome> {
    const { metadata } = environment;
    const { from } = copy.copy;
    const place = { name: copy.name, namespace: metadata.namespace };
    const what = `Secret ${from.namespace}/${from.name}`;
    const known = this.#secrets.known(from);
    const there = this.#secrets.known(place);
    if (known === undefined) {
      return trouble('CopySourceMissing', `${what} does not exist in a namespace that the operator watches`);
    }
    if (there !== undefined && controllerReference(there)?.uid !== owner.metadata.uid) {
      return trouble('OwnedByAnother', `Secret ${copy.name} is there already, and is no copy of ours`);
    }
    if (there !== undefined && this.#equal.get(there) === versionOf(known)) return 'nothing';
    const source = await this.#secrets.read(api, from);
    if (source === undefined) return trouble('CopySourceMissing', `${what} cannot be read`);
    if (!mayCopy(source.metadata.annotations?.[COPY_TO], metadata.namespace, metadata.name)) {
      const wanted = `${metadata.namespace}/${metadata.name}`;
      return trouble('CopyRefused', `${what} has no annotation ${COPY_TO} that names ${wanted}`);
    }
    const value = decoded(source)[from.key];
    if (value === undefined) return trouble('CopySourceMissing', `${what} has no key ${from.key}`);
    const data = { [copy.key]: value };
    const [made, outcome] =
      there === undefined
        ? ([await this.#create(api, environment, owner, copy, data), 'created'] as const)
        : await this.#update(api, place, data);
    const now = this.#secrets.known(place);
    if (now !== undefined && now.metadata.resourceVersion === made?.metadata.resourceVersion) {
      this.#equal.set(now, versionOf(source));
    }
    return made === undefined ? 'nothing' : outcome;
  }

  #create(
    api: Api,
    environment: Environment,
    owner: KubeObject,
    copy: Copy,
    data: SecretData,
  ): Promise<KubeObject | undefined> {
    const secret = ownedBy(secretManifest(environment, copy, data), FRONT_DOOR);
    return this.#secrets.create(api, secret, ownerReference(owner));
  }

  async #update(
    api: Api,
    place: { readonly name: string; readonly namespace: string },
    data: SecretData,
  ): Promise<readonly [KubeObject | undefined, 'updated' | 'nothing']> {
    const live = await this.#secrets.read(api, place);
    if (live === undefined) return [undefined, 'nothing'];
    const before = decoded(live);
    if (Object.entries(data).every(([key, value]) => before[key] === value)) return [live, 'nothing'];
    return [await this.#secrets.change(api, live, data), 'updated'];
  }
}

function versionOf({ metadata }: KubeObject): string {
  return `${metadata.uid} ${metadata.resourceVersion}`;
}

function trouble(reason: string, message: string): CopyTrouble {
  return { reason, message };
}
