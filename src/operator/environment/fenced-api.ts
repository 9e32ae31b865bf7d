import type { Api, ApiClient, ApiRequest } from '../api/api-client.ts';
import type { Term } from '../runtime/term.ts';

/** The API server as a leader sees it: no write begins after the lease is lost, and one under way is given up. */
export class FencedApi implements Api {
  readonly #client: ApiClient;
  readonly #term: Term;

  constructor(client: ApiClient, term: Term) {
    this.#client = client;
    this.#term = term;
  }

  async json<T>(request: ApiRequest): Promise<T> {
    const reads = (request.method ?? 'GET') === 'GET';
    return this.#client.json<T>({
      ...request,
      signal: this.#term.lost,
      guard: () => {
        if (!reads && !this.#term.held()) throw new Error('The lease is lost; nothing is written');
      },
    });
  }
}
