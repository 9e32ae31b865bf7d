import {
  ApiException,
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  KubernetesObjectApi,
  type KubernetesObject as LiveObject,
  type V1APIResource,
  VersionApi,
} from '@kubernetes/client-node';

/** What of an object is read; which fields there are depends on its kind. */
export type ReadObject = LiveObject & {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
};

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** An API group that is registered, and whose server does not answer. */
export class SilentApi extends Error {}

/** What the commands for people ask of a cluster. */
export class Cluster {
  readonly #config: KubeConfig;
  readonly #objects: KubernetesObjectApi;
  readonly #resources = new Map<string, Promise<readonly V1APIResource[] | undefined>>();

  constructor(config: KubeConfig) {
    this.#config = config;
    this.#objects = KubernetesObjectApi.makeApiClient(config);
  }

  /** Version of the API server, for example 1.34. */
  async version(): Promise<{ readonly major: number; readonly minor: number; readonly text: string }> {
    const { major, minor, gitVersion } = await this.#config.makeApiClient(VersionApi).getCode();
    return { major: Number.parseInt(major, 10), minor: Number.parseInt(minor, 10), text: gitVersion };
  }

  /**
   * How the API server names a kind, or undefined when it serves none of that name.
   *
   * @throws SilentApi when another server stands for its group and does not answer
   */
  async resource(apiVersion: string, kind: string): Promise<V1APIResource | undefined> {
    const resources = await this.resources(apiVersion);
    return resources?.find((one) => one.kind === kind && !one.name.includes('/'));
  }

  /** Everything of a version of a group, or undefined when it is not served. */
  resources(apiVersion: string): Promise<readonly V1APIResource[] | undefined> {
    const known = this.#resources.get(apiVersion) ?? this.#discover(apiVersion);
    this.#resources.set(apiVersion, known);
    return known;
  }

  /** An object; undefined when it, or its kind, is not there. */
  async read({ apiVersion, kind, name, namespace }: ObjectReference): Promise<ReadObject | undefined> {
    if ((await this.resource(apiVersion, kind)) === undefined) return undefined;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    return this.#objects.read<ReadObject>({ apiVersion, kind, metadata }).catch(absent);
  }

  /** All objects of a kind, or those of a namespace and with some labels; none when the kind is not served. */
  async list(
    apiVersion: string,
    kind: string,
    { namespace, selector }: { readonly namespace?: string | undefined; readonly selector?: string } = {},
  ): Promise<readonly ReadObject[]> {
    if ((await this.resource(apiVersion, kind)) === undefined) return [];
    const no = undefined;
    const { items } = await this.#objects.list<ReadObject>(
      apiVersion,
      kind,
      ...[namespace, no, no, no, no, selector],
    );
    // The items of a list leave out what they are.
    return items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /** Deletes an object with what it owns; false when it is not there any more. */
  async delete({ apiVersion, kind, name, namespace }: ObjectReference): Promise<boolean> {
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    const no = undefined;
    const deleted = await this.#objects
      .delete({ apiVersion, kind, metadata }, ...[no, no, no, no, 'Background'])
      .catch(absent);
    return deleted !== undefined;
  }

  /** Whether who asks may do that. */
  async may(verb: string, group: string, resource: string, namespace: string): Promise<boolean> {
    const { status } = await this.#config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({
      body: { spec: { resourceAttributes: { verb, group, resource, namespace } } },
    });
    return status?.allowed === true;
  }

  async #discover(apiVersion: string): Promise<readonly V1APIResource[] | undefined> {
    const [group = '', version] = apiVersion.split('/');
    try {
      const { resources } =
        version === undefined
          ? await this.#config.makeApiClient(CoreV1Api).getAPIResources()
          : await this.#config.makeApiClient(CustomObjectsApi).getAPIResources({ group, version });
      return resources;
    } catch (error) {
      if (error instanceof ApiException && error.code === 503) throw new SilentApi(apiVersion);
      return absent(error);
    }
  }
}

function absent(error: unknown): undefined {
  if (error instanceof ApiException && error.code === 404) return undefined;
  throw error;
}
