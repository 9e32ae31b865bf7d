import type { Api } from '../api/api-client.ts';
import type { Trust } from './adapter-server.ts';
import { type AuthorityPlace, ensureAuthority, isDue } from './authority.ts';
import { type Identity, newServing } from './certificate.ts';
import { readFrontProxy } from './front-proxy.ts';

/** Keeps a certificate for a Service, of the authority that the replicas share, and knows whom to believe. */
export class TrustSource {
  readonly #api: Api;
  readonly #service: AuthorityPlace;
  #authority: Identity | undefined;
  #serving: Identity | undefined;

  constructor(api: Api, service: AuthorityPlace) {
    this.#api = api;
    this.#service = service;
  }

  /** What holds now, with the certificate of the authority. */
  async current(now: Date = new Date()): Promise<Trust & { readonly authority: string }> {
    const { namespace, name } = this.#service;
    const [frontProxy, authority] = await Promise.all([
      readFrontProxy(this.#api),
      ensureAuthority(this.#api, this.#service, now),
    ]);
    const isOther = authority.certificate !== this.#authority?.certificate;
    if (this.#serving === undefined || isOther || isDue(this.#serving, now)) {
      this.#authority = authority;
      this.#serving = newServing(authority, name, `${name}.${namespace}.svc`, now);
    }
    return { frontProxy, serving: this.#serving, authority: authority.certificate };
  }
}
