import {
  ApiException,
  type Configuration,
  HttpMethod,
  type KubeConfig,
  type V1APIResource,
  type V1APIResourceList,
} from '@kubernetes/client-node';
import type { Manifest } from '../../constructs/index.ts';

/** A kind of objects, as manifests name it. */
export type Kind = Pick<Manifest, 'apiVersion' | 'kind'>;

/** An object as the API server gives it. */
export interface LiveObject extends Manifest {
  readonly metadata: Manifest['metadata'] & {
    readonly resourceVersion?: string;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
    readonly managedFields?: readonly {
      readonly manager?: string;
      readonly operation?: string;
      readonly fieldsV1?: unknown;
    }[];
  };
}

/**
 * Objects of any kind as plain JSON, over the client's transport and authentication. Its typed objects are no use to compare
 * by: they rename fields, such as `from`, and drop those that they do not know.
 */
export class ObjectApi {
  readonly #configuration: Configuration;
  readonly #resources = new Map<string, Promise<readonly V1APIResource[]>>();

  static of(config: KubeConfig): ObjectApi {
    return config.makeApiClient(ObjectApi);
  }

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  /** Whether the API server serves the kind of an object. */
  async serves(manifest: Manifest): Promise<boolean> {
    return (await this.#resource(manifest)) !== undefined;
  }

  /** The object of that name; undefined when there is none. */
  async read(manifest: Manifest): Promise<LiveObject | undefined> {
    return this.#request<LiveObject>(HttpMethod.GET, await this.#pathOf(manifest)).catch(missing);
  }

  /** Objects of a kind in a namespace that have some labels; none when the kind is not served. */
  async list(kind: Kind, namespace: string, labelSelector: string): Promise<readonly LiveObject[]> {
    const resource = await this.#resource(kind);
    if (resource === undefined) return [];
    const path = [rootOf(kind), 'namespaces', encodeURIComponent(namespace), resource.name].join('/');
    const { items } = await this.#request<{ items: readonly LiveObject[] }>(HttpMethod.GET, path, {
      labelSelector,
    });
    // Within a list the API server leaves both out.
    return items.map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
  }

  /**
   * What server-side apply would make of the object, admission and defaults included. Fields that somebody else owns are
   * taken over, as Argo CD and Flux do. Nothing is stored.
   */
  async dryRunApply(manifest: Manifest, fieldManager: string): Promise<LiveObject> {
    const query = { dryRun: 'All', force: 'true', fieldManager };
    const body = { type: 'application/apply-patch+yaml', content: manifest };
    return this.#request(HttpMethod.PATCH, await this.#pathOf(manifest), query, body);
  }

  /** Changes some fields of the object of that name: `null` removes one, a list replaces the list that is there. */
  async mergePatch(manifest: Manifest, patch: object, fieldManager: string): Promise<LiveObject> {
    const body = { type: 'application/merge-patch+json', content: patch };
    return this.#request(HttpMethod.PATCH, await this.#pathOf(manifest), { fieldManager }, body);
  }

  async #pathOf(manifest: Manifest): Promise<string> {
    const { name, namespace } = manifest.metadata;
    const resource = await this.#resource(manifest);
    const scope =
      resource?.namespaced && namespace !== undefined ? ['namespaces', encodeURIComponent(namespace)] : [];
    return [rootOf(manifest), ...scope, resource?.name, encodeURIComponent(name)].join('/');
  }

  async #resource(wanted: Kind): Promise<V1APIResource | undefined> {
    const root = rootOf(wanted);
    const known = this.#resources.get(root) ?? this.#discover(root);
    this.#resources.set(root, known);
    // Subresources, such as deployments/scale, may have the same kind.
    return (await known).find(({ kind, name }) => kind === wanted.kind && !name.includes('/'));
  }

  async #discover(root: string): Promise<readonly V1APIResource[]> {
    const list = await this.#request<V1APIResourceList>(HttpMethod.GET, root).catch(missing);
    return list?.resources ?? [];
  }

  async #request<T>(
    method: HttpMethod,
    path: string,
    query: Readonly<Record<string, string>> = {},
    body?: { readonly type: string; readonly content: object },
  ): Promise<T> {
    const { baseServer, authMethods, httpApi } = this.#configuration;
    const request = baseServer.makeRequestContext(path, method);
    request.setHeaderParam('Accept', 'application/json');
    for (const [name, value] of Object.entries(query)) request.setQueryParam(name, value);
    if (body !== undefined) {
      request.setHeaderParam('Content-Type', body.type);
      request.setBody(JSON.stringify(body.content));
    }
    await authMethods.default?.applySecurityAuthentication(request);
    const response = await httpApi.send(request).toPromise();
    const text = await response.body.text();
    if (response.httpStatusCode >= 400) {
      throw new ApiException(response.httpStatusCode, `${method} ${path}`, text, response.headers);
    }
    return JSON.parse(text);
  }
}

function rootOf({ apiVersion }: Kind): string {
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
}

function missing(error: unknown): undefined {
  if (error instanceof ApiException && error.code === 404) return undefined;
  throw error;
}
