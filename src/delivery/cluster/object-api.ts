import {
  ApiException,
  type Configuration,
  HttpMethod,
  type KubeConfig,
  type V1APIResource,
  type V1SelfSubjectAccessReview,
  type VersionInfo,
} from '@kubernetes/client-node';
import type { Manifest } from '../../constructs/index.ts';
import { Discovery, rootOf } from './discovery.ts';
import type { Kind, LiveObject, ObjectReference } from './live-object.ts';
import { missing, Transport } from './transport.ts';

const JSON_TYPE = 'application/json';
const ACCESS_REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Whether fields that somebody else owns are taken over; else they are a conflict. */
  readonly force: boolean;
  /** Whether only the outcome is told, and nothing is stored. */
  readonly dryRun: boolean;
}

export interface ListOptions {
  /** All by default. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** What runs within a pod, and how much of its log is wanted. */
export interface LogTail {
  readonly container: string;
  /** The log of the container's run before this one. */
  readonly previous: boolean;
  readonly lines: number;
}

/**
 * Objects of any kind as plain JSON. The client's typed objects are no use here: they rename fields, such as `from`, and drop
 * those that they do not know.
 */
export class ObjectApi {
  readonly #transport: Transport;
  readonly #discovery: Discovery;

  static of(config: KubeConfig): ObjectApi {
    return config.makeApiClient(ObjectApi);
  }

  constructor(configuration: Configuration) {
    this.#transport = new Transport(configuration);
    this.#discovery = new Discovery(this.#transport);
  }

  /** How the API server names a kind, or undefined when it serves none of that name. */
  resource(kind: Kind): Promise<V1APIResource | undefined> {
    return this.#discovery.resource(kind);
  }

  /** Whether the API server serves the kind of an object. */
  async serves(kind: Kind): Promise<boolean> {
    return (await this.resource(kind)) !== undefined;
  }

  /** Whether the API server serves a version of a group. */
  async servesGroup(apiVersion: string): Promise<boolean> {
    return (await this.#discovery.resources(apiVersion)) !== undefined;
  }

  /** The object of that name; undefined when it, or its kind, is not there. */
  async read(object: ObjectReference): Promise<LiveObject | undefined> {
    if (!(await this.serves(object))) return undefined;
    return this.#transport.json<LiveObject>(HttpMethod.GET, await this.#pathOf(object)).catch(missing);
  }

  /** Objects of a kind; none when the kind is not served. */
  async list(kind: Kind, { namespace, ...selectors }: ListOptions = {}): Promise<readonly LiveObject[]> {
    if (!(await this.serves(kind))) return [];
    const path = await this.#collectionOf(kind, namespace);
    const { items } = await this.#transport.json<{ items: readonly LiveObject[] }>(HttpMethod.GET, path, {
      query: selectors as Readonly<Record<string, string>>,
    });
    // Within a list the API server leaves both out.
    return items.map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
  }

  /**
   * Creates an object; false when one of its name is there, which stays as it is.
   *
   * @param dryRun whether only the outcome is told, and nothing is stored
   */
  async create(manifest: Manifest, dryRun = false): Promise<boolean> {
    const path = await this.#collectionOf(manifest, manifest.metadata.namespace);
    const body = { type: JSON_TYPE, content: manifest };
    try {
      await this.#transport.json(HttpMethod.POST, path, { query: dryRun ? { dryRun: 'All' } : {}, body });
      return true;
    } catch (error) {
      if (error instanceof ApiException && error.code === 409) return false;
      throw error;
    }
  }

  /** Server-side apply; what it makes of the object, admission and defaults included. */
  async apply(manifest: Manifest, { fieldManager, force, dryRun }: ApplyOptions): Promise<LiveObject> {
    const query = { fieldManager, force: String(force), ...(dryRun ? { dryRun: 'All' } : {}) };
    const body = { type: 'application/apply-patch+yaml', content: manifest };
    return this.#transport.json(HttpMethod.PATCH, await this.#pathOf(manifest), { query, body });
  }

  /** Changes some fields of the object of that name: `null` removes one, a list replaces the list that is there. */
  async mergePatch(object: ObjectReference, patch: object, fieldManager: string): Promise<LiveObject> {
    const body = { type: 'application/merge-patch+json', content: patch };
    return this.#transport.json(HttpMethod.PATCH, await this.#pathOf(object), {
      query: { fieldManager },
      body,
    });
  }

  /**
   * Deletes an object with what it owns; false when it is not there any more.
   *
   * @param object with a uid, that very one is deleted and none of its name that came after it
   */
  async delete(object: ObjectReference & Partial<Pick<LiveObject, 'metadata'>>): Promise<boolean> {
    const { uid } = object.metadata as LiveObject['metadata'];
    const content = {
      propagationPolicy: 'Background',
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    };
    const path = await this.#pathOf(object);
    const deleted = await this.#transport
      .json(HttpMethod.DELETE, path, { body: { type: JSON_TYPE, content } })
      .catch(missing);
    return deleted !== undefined;
  }

  /** The last lines that a container of a pod wrote. */
  async log(
    { name, namespace }: ObjectReference['metadata'],
    { container, previous, lines }: LogTail,
  ): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`;
    const query = { container, previous: String(previous), tailLines: String(lines) };
    return this.#transport.text(HttpMethod.GET, path, { query });
  }

  /** Version of the API server. */
  version(): Promise<VersionInfo> {
    return this.#transport.json(HttpMethod.GET, '/version');
  }

  /** Whether who asks may do that. */
  async may(verb: string, group: string, resource: string, namespace: string): Promise<boolean> {
    const content = { spec: { resourceAttributes: { verb, group, resource, namespace } } };
    const body = { type: JSON_TYPE, content };
    const { status } = await this.#transport.json<V1SelfSubjectAccessReview>(
      HttpMethod.POST,
      ACCESS_REVIEWS,
      { body },
    );
    return status?.allowed === true;
  }

  async #pathOf(object: ObjectReference): Promise<string> {
    const { name, namespace } = object.metadata;
    return `${await this.#collectionOf(object, namespace)}/${encodeURIComponent(name)}`;
  }

  async #collectionOf(kind: Kind, namespace: string | undefined): Promise<string> {
    const resource = await this.resource(kind);
    const scope =
      resource?.namespaced && namespace !== undefined ? ['namespaces', encodeURIComponent(namespace)] : [];
    return [rootOf(kind.apiVersion), ...scope, resource?.name].join('/');
  }
}
