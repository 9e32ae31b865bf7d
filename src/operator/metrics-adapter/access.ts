import type { Api } from '../api/api-client.ts';
import type { User } from './front-proxy.ts';
import { GROUP, type MetricRequest, VERSION } from './metric-request.ts';

const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
/** As long as servers made with Kubernetes' own library remember, in milliseconds. */
const REMEMBERED_MS = 10_000;

interface Review {
  readonly status: { readonly allowed: boolean; readonly reason?: string };
}

/** Asks the API server whether somebody may read something, and remembers the answer for a moment. */
export class Access {
  readonly #api: Api;
  readonly #answers = new Map<string, { readonly at: number; readonly allowed: Promise<boolean> }>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** Whether a metric may be read. */
  mayRead(user: User, { namespace, name, metric }: MetricRequest): Promise<boolean> {
    const resourceAttributes = { group: GROUP, version: VERSION, resource: 'pods', subresource: metric };
    return this.#allowed({
      ...user,
      resourceAttributes: { ...resourceAttributes, namespace, name, verb: 'get' },
    });
  }

  /** Whether a document may be read. */
  mayGet(user: User, path: string): Promise<boolean> {
    return this.#allowed({ ...user, nonResourceAttributes: { path, verb: 'get' } });
  }

  #allowed(spec: object): Promise<boolean> {
    const oldest = performance.now() - REMEMBERED_MS;
    for (const [key, { at }] of this.#answers) if (at < oldest) this.#answers.delete(key);
    const key = JSON.stringify(spec);
    const known = this.#answers.get(key);
    if (known !== undefined) return known.allowed;
    const allowed = this.#review(spec);
    this.#answers.set(key, { at: performance.now(), allowed });
    // A question that failed is asked anew.
    allowed.catch(() => this.#answers.delete(key));
    return allowed;
  }

  async #review(spec: object): Promise<boolean> {
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
    const { status } = await this.#api.json<Review>({ method: 'POST', path: PATH, body });
    return status.allowed;
  }
}
