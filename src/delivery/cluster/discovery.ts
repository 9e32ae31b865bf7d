import {
  ApiException,
  HttpMethod,
  type V1APIResource,
  type V1APIResourceList,
} from '@kubernetes/client-node';
import type { Kind } from './live-object.ts';
import { missing, type Transport } from './transport.ts';

/** An API group that is registered, and whose server does not answer. */
export class SilentApi extends ApiException<unknown> {
  readonly apiVersion: string;

  constructor(apiVersion: string, { code, body, headers }: ApiException<unknown>) {
    super(code, `Discovery of ${apiVersion}`, body, headers);
    this.apiVersion = apiVersion;
  }
}

/** What an API server serves; each group is asked for once. */
export class Discovery {
  readonly #transport: Transport;
  readonly #known = new Map<string, Promise<readonly V1APIResource[] | undefined>>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Everything of a version of a group, or undefined when it is not served.
   *
   * @throws SilentApi when another server stands for the group and does not answer
   */
  resources(apiVersion: string): Promise<readonly V1APIResource[] | undefined> {
    const known = this.#known.get(apiVersion) ?? this.#discover(apiVersion);
    this.#known.set(apiVersion, known);
    // Whoever asks again may be answered.
    known.catch(() => this.#known.delete(apiVersion));
    return known;
  }

  /** How the API server names a kind, or undefined when it serves none of that name. */
  async resource({ apiVersion, kind }: Kind): Promise<V1APIResource | undefined> {
    const resources = await this.resources(apiVersion);
    // Subresources, such as deployments/scale, may have the same kind.
    return resources?.find((one) => one.kind === kind && !one.name.includes('/'));
  }

  async #discover(apiVersion: string): Promise<readonly V1APIResource[] | undefined> {
    try {
      return (await this.#transport.json<V1APIResourceList>(HttpMethod.GET, rootOf(apiVersion))).resources;
    } catch (error) {
      if (error instanceof ApiException && error.code === 503) throw new SilentApi(apiVersion, error);
      return missing(error);
    }
  }
}

/** Path under which a version of a group is served. */
export function rootOf(apiVersion: string): string {
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
}
