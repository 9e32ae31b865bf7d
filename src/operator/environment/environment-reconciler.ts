import { isDeepStrictEqual } from 'node:util';
import { type Environment, type EnvironmentStatus, parse, SpecError } from '../../spec/index.ts';
import type { Api, ApiClient } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { pathOf } from '../kinds.ts';
import type { Again, Turn } from '../runtime/controller.ts';
import type { Caches } from './caches.ts';
import { type Finding, withFindings } from './conditions.ts';
import { Credentials } from './credentials.ts';
import { type Delivered, deliver } from './delivery.ts';
import { type Desired, desiredObjects, revisionOf } from './desired.ts';
import type { EventNote, EventRecorder } from './event-recorder.ts';
import { FencedApi } from './fenced-api.ts';
import { FIELD_MANAGER } from './marks.ts';
import { newsOfConditions, newsOfDelivery, newsOfPruning } from './news.ts';
import type { ObservedParts } from './observed-parts.ts';
import { prune } from './prune.ts';
import {
  endpointsOf,
  foreignFindings,
  invalidFindings,
  partFindings,
  replicasOf,
  transitions,
} from './status.ts';

/** When an environment is looked at again whose trouble may go away without an event that is watched. */
const LOOK_AGAIN_MS = 30_000;

/** One environment in one turn. */
interface Case {
  readonly api: Api;
  readonly live: KubeObject;
  readonly before: EnvironmentStatus;
  readonly tell: (news: readonly EventNote[]) => Promise<void>;
}

/** Brings one environment to what its spec says: credentials, tree, status. */
export class EnvironmentReconciler {
  readonly #client: ApiClient;
  readonly #caches: Caches;
  readonly #credentials: Credentials;
  readonly #events: EventRecorder;

  constructor(client: ApiClient, caches: Caches, events: EventRecorder) {
    this.#client = client;
    this.#caches = caches;
    this.#credentials = new Credentials(caches.secrets.store);
    this.#events = events;
  }

  readonly reconcile = async ({ key, term, log }: Turn): Promise<Again | undefined> => {
    const live = this.#caches.environments.store.get(key);
    // What is gone, or going, takes its objects along by their owner references.
    if (live === undefined || live.metadata.deletionTimestamp !== undefined) return undefined;
    const api = new FencedApi(this.#client, term);
    const tell = async (news: readonly EventNote[]) => {
      await Promise.all(news.map((note) => this.#events.record(api, live, note, log)));
    };
    const one = { api, live, before: (live.status ?? {}) as EnvironmentStatus, tell };
    const environment = parsed(live);
    if (environment instanceof SpecError) {
      await this.#report(one, invalidFindings(environment));
      return undefined;
    }
    return this.#deliver(one, environment);
  };

  async #deliver(one: Case, environment: Environment): Promise<Again | undefined> {
    const { api, live, before, tell } = one;
    const desired = desiredObjects(environment, live);
    const secrets: string[] = [];
    const { delivered, foreign } = await deliver(api, this.#caches, desired, {
      environment: live,
      first: before.revision === undefined,
      prepare: async () => void secrets.push(...(await this.#credentials.ensure(api, environment, live))),
    });
    const revision = revisionOf(desired);
    await tell(newsOfDelivery(secrets, delivered, before.revision === revision));
    if (foreign.length > 0) {
      await this.#report(one, foreignFindings(foreign, delivered));
      return { afterMs: LOOK_AGAIN_MS };
    }
    const failures = delivered.flatMap(({ applied }) => (applied.did === 'failed' ? [applied.error] : []));
    // What is left over may still be in use until everything new is in place.
    const whole = delivered.every(({ applied }) => applied.did !== 'failed' && applied.did !== 'yielded');
    if (whole) await tell(newsOfPruning(await prune(api, this.#caches, environment, live, desired)));
    const parts = await this.#observe(api, environment, desired);
    await this.#report(one, partFindings(environment, parts, delivered), {
      endpoints: endpointsOf(environment, parts),
      replicas: replicasOf(parts),
      ...(whole ? { revision } : {}),
    });
    if (failures.length > 0) throw worst(failures);
    return isUnsettled(delivered) ? { afterMs: LOOK_AGAIN_MS } : undefined;
  }

  async #observe(api: Api, environment: Environment, desired: readonly Desired[]): Promise<ObservedParts> {
    const { name } = environment.metadata;
    const part = (kind: string, wanted: string) => {
      const manifest = desired.find((object) => object.kind === kind && object.metadata.name === wanted);
      return manifest === undefined ? undefined : this.#caches.live(manifest);
    };
    return {
      credentials: await this.#credentials.look(api, environment),
      server: part('Deployment', `${name}-server`),
      redis: part('StatefulSet', `${name}-redis`),
      postgres: part('StatefulSet', `${name}-postgres`),
      ingress: part('Ingress', name),
      httpRoute: part('HTTPRoute', name),
      httpRouteServed: this.#caches.httpRoutesServed,
    };
  }

  /** Writes the status if it differs, and tells of conditions that changed. */
  async #report(
    one: Case,
    findings: readonly Finding[],
    more: Partial<EnvironmentStatus> = {},
  ): Promise<void> {
    const { api, live, before, tell } = one;
    const { name, namespace, generation, resourceVersion } = live.metadata;
    const previous = before.conditions ?? [];
    const conditions = [...withFindings(previous, findings, generation, new Date())];
    const status: EnvironmentStatus = { ...before, ...more, observedGeneration: generation, conditions };
    if (isDeepStrictEqual(status, before)) return;
    const written = await api.json<KubeObject>({
      method: 'PATCH',
      path: pathOf(this.#caches.environments.kind, namespace, name, 'status'),
      query: { fieldManager: FIELD_MANAGER },
      contentType: 'application/merge-patch+json',
      // The version makes sure that the status is judged by the newest one: times of conditions depend on it.
      body: { metadata: { resourceVersion }, status },
    });
    this.#caches.environments.store.put(written);
    await tell(newsOfConditions(name, transitions(previous, conditions), previous));
  }
}

function parsed(live: KubeObject): Environment | SpecError {
  try {
    return parse(live);
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
}

/** The failure that says most about when to try again. */
function worst(failures: readonly unknown[]): unknown {
  return failures.find((error) => isApiError(error, 429, 503)) ?? failures[0];
}

function isUnsettled(delivered: readonly Delivered[]): boolean {
  return delivered.some(({ applied }) => applied.did === 'yielded' || applied.did === 'notServed');
}
