import { generatedSecret, ownedBy } from '../../constructs/index.ts';
import {
  completedData,
  decoded,
  type Environment,
  isGenerated,
  isRotated,
  keysRead,
  type RotatedRequirement,
  rotationRequest,
  type SecretKey,
  secretRequirements,
} from '../../spec/index.ts';
import type { Api } from '../api/api-client.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { ownerReference } from './desired.ts';
import { FRONT_DOOR } from './marks.ts';
import { otherOwner } from './ownership.ts';
import { rotationMarks } from './secret-marks.ts';
import type { SecretStore } from './secret-store.ts';

/** A key of a Secret that an environment reads, and whether it is there. */
export interface Credential extends SecretKey {
  readonly state: 'present' | 'secretMissing' | 'keyMissing';
}

/**
 * Keys of Secrets that an environment reads: its credentials, the access key of its backups, and the variables of the
 * application and its sidecars.
 */
export function neededKeys(environment: Environment): readonly SecretKey[] {
  const { secretEnv, sidecars = [] } = environment.spec.server;
  const variables = [{ secretEnv }, ...sidecars].flatMap((one) => Object.values(one.secretEnv ?? {}));
  const { standalone, cloudNativePG } = environment.spec.postgres;
  const accessKey = Object.values((standalone ?? cloudNativePG)?.backup?.s3.credentials ?? {});
  const credentials = secretRequirements(environment).flatMap((one) =>
    keysRead(one).map((key) => ({ name: one.name, key })),
  );
  return [...credentials, ...[...variables, ...accessKey].map(({ name, key }) => ({ name, key }))];
}

/** Creates the Secrets an environment generates, and looks which keys there are. Values are neither kept nor logged. */
export class Credentials {
  readonly #secrets: SecretStore;
  readonly #now: () => number;
  /** Keys of the Secrets that were looked at, by uid and version. */
  readonly #keys = new WeakMap<KubeObject, ReadonlySet<string>>();

  constructor(secrets: SecretStore, now: () => number) {
    this.#secrets = secrets;
    this.#now = now;
  }

  /**
   * Creates what is missing and returns the names. Of a Secret that is there, only one whose credential is to rotate from now
   * on is changed: it gets the keys that are read then, its credential stays.
   */
  async ensure(api: Api, environment: Environment, owner: KubeObject): Promise<readonly string[]> {
    const { namespace, annotations: asked = {} } = environment.metadata;
    const created: string[] = [];
    const now = this.#now();
    for (const requirement of secretRequirements(environment).filter(isGenerated)) {
      const { name, role } = requirement;
      if (this.#secrets.known({ name, namespace }) !== undefined) {
        if (isRotated(requirement)) await this.#complete(api, requirement, environment, owner);
        continue;
      }
      const secret = ownedBy(generatedSecret(environment, requirement), FRONT_DOOR);
      const annotations = isRotated(requirement)
        ? rotationMarks({ phase: 'Settled', since: now, began: now, request: rotationRequest(asked, role) })
        : undefined;
      const metadata = { ...secret.metadata, ...(annotations && { annotations }) };
      const made = await this.#secrets.create(api, { ...secret, metadata }, ownerReference(owner));
      if (made === undefined) continue;
      this.#remember(made);
      created.push(name);
    }
    return created;
  }

  /** Which of the keys an environment reads are there. */
  async look(api: Api, environment: Environment): Promise<readonly Credential[]> {
    const { namespace } = environment.metadata;
    return Promise.all(
      neededKeys(environment).map(async ({ name, key }) => {
        const keys = await this.#keysOf(api, { name, namespace });
        const state = keys === undefined ? 'secretMissing' : keys.has(key) ? 'present' : 'keyMissing';
        return { name, key, state } as const;
      }),
    );
  }

  async #complete(
    api: Api,
    requirement: RotatedRequirement,
    { metadata: { namespace } }: Environment,
    owner: KubeObject,
  ): Promise<void> {
    const { name } = requirement;
    const keys = await this.#keysOf(api, { name, namespace });
    if (keys === undefined || keysRead(requirement).every((key) => keys.has(key))) return;
    const secret = await this.#secrets.read(api, { name, namespace });
    if (secret === undefined || otherOwner(secret, owner) !== undefined) return;
    const data = completedData(requirement, decoded(secret));
    if (data !== undefined) this.#remember(await this.#secrets.change(api, secret, data));
  }

  async #keysOf(
    api: Api,
    place: { readonly name: string; readonly namespace: string },
  ): Promise<ReadonlySet<string> | undefined> {
    const known = this.#secrets.known(place);
    if (known === undefined) return undefined;
    const seen = this.#keys.get(known);
    if (seen !== undefined) return seen;
    const secret = await this.#secrets.read(api, place);
    return secret && this.#remember(secret);
  }

  /** Remembers which keys a Secret has, if the cache is neither behind it nor ahead. */
  #remember(secret: KubeObject): ReadonlySet<string> {
    const keys = new Set(Object.keys((secret.data as object | undefined) ?? {}));
    const { name, namespace = '', resourceVersion } = secret.metadata;
    const known = this.#secrets.known({ name, namespace });
    if (known !== undefined && known.metadata.resourceVersion === resourceVersion)
      this.#keys.set(known, keys);
    return keys;
  }
}
