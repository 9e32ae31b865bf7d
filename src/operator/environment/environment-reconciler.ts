import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Extension } from '../../constructs/index.ts';
import { type Environment, type EnvironmentStatus, parseKnown, TidegateError } from '../../spec/index.ts';
import type { Api, ApiClient } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { ConnectionCounts } from '../connections/connection-counts.ts';
import { pathOf } from '../kinds.ts';
import type { Again, Turn } from '../runtime/controller.ts';
import { TerminalError } from '../runtime/terminal-error.ts';
import type { Caches } from './caches.ts';
import { type Finding, withFindings } from './conditions.ts';
import { Copies, type CopyTrouble } from './copies.ts';
import { Credentials } from './credentials.ts';
import { DeletionCosts } from './deletion-costs.ts';
import { type Delivered, deliver } from './delivery.ts';
import { DEPARTURE_PATIENCE_MS, departureFindings } from './departure.ts';
import { type Desired, desiredObjects, revisionOf } from './desired.ts';
import type { EventNote, EventRecorder } from './event-recorder.ts';
import { FencedApi } from './fenced-api.ts';
import { type Hibernation, isAsleep, lookAgainMs } from './hibernation.ts';
import { hibernationFindings } from './hibernation-findings.ts';
import { Hibernations } from './hibernations.ts';
import { expiryOf, pausedFindings, resumedFindings } from './lifecycle.ts';
import { FIELD_MANAGER } from './marks.ts';
import { newsOfConditions, newsOfCopies, newsOfDelivery, newsOfExpiry, newsOfPruning } from './news.ts';
import type { ObservedParts } from './observed-parts.ts';
import { prune } from './prune.ts';
import { newsOfRotations, rotationFindings } from './rotation-news.ts';
import { type RotationReport, Rotations } from './rotations.ts';
import { SecretStore } from './secret-store.ts';
import { unsettledBecause } from './settled.ts';
import {
  endpointsOf,
  foreignFindings,
  ignoredFindings,
  partFindings,
  refusedFindings,
  replicasOf,
  transitions,
} from './status.ts';

/** When an environment is looked at again whose trouble may go away without an event that is watched. */
const LOOK_AGAIN_MS = 30_000;

/** The longest that timers wait; what is further off is looked at in between. */
const LONGEST_WAIT_MS = 86_400_000;

/** One environment in one turn. */
interface Case {
  readonly api: Api;
  readonly live: KubeObject;
  readonly before: EnvironmentStatus;
  readonly tell: (news: readonly EventNote[]) => Promise<void>;
  readonly log: Logger;
  /** Fields of the spec that this version does not know; undefined when it was not read. */
  readonly unknown?: readonly string[];
}

export interface ReconcilerOptions {
  /** What a company adds to environments; nothing by default. */
  readonly extension?: Extension;
  /** The time in milliseconds since 1970; the clock by default. */
  readonly now?: (() => number) | undefined;
}

/** Brings one environment to what its spec says: credentials, tree, status. */
export class EnvironmentReconciler {
  readonly #client: ApiClient;
  readonly #caches: Caches;
  readonly #credentials: Credentials;
  readonly #copies: Copies;
  readonly #rotations: Rotations;
  readonly #deletionCosts: DeletionCosts;
  readonly #hibernations: Hibernations;
  readonly #events: EventRecorder;
  readonly #extension: Extension;
  readonly #now: () => number;

  constructor(
    client: ApiClient,
    caches: Caches,
    events: EventRecorder,
    { extension = {}, now = Date.now }: ReconcilerOptions = {},
  ) {
    this.#extension = extension;
    this.#now = now;
    this.#client = client;
    this.#caches = caches;
    const secrets = new SecretStore(caches.secrets.store);
    this.#credentials = new Credentials(secrets, now);
    this.#copies = new Copies(secrets);
    this.#rotations = new Rotations(secrets, now);
    const counts = new ConnectionCounts();
    this.#deletionCosts = new DeletionCosts(counts);
    this.#hibernations = new Hibernations(counts, now);
    this.#events = events;
  }

  readonly reconcile = async ({ key, term, log }: Turn): Promise<Again | undefined> => {
    const live = this.#caches.environments.store.get(key);
    // What is gone takes its objects along by their owner references.
    if (live === undefined) return undefined;
    const api = new FencedApi(this.#client, term);
    const tell = async (news: readonly EventNote[]) => {
      await Promise.all(news.map((note) => this.#events.record(api, live, note, log)));
    };
    const unread = { api, live, before: (live.status ?? {}) as EnvironmentStatus, tell, log };
    if (live.metadata.deletionTimestamp !== undefined) return this.#depart(unread);
    const known = attempt(() => parseKnown(live, this.#extension.rules));
    if (known instanceof TidegateError) return this.#refuse(unread, known);
    const { environment, unknown } = known;
    const one = { ...unread, unknown };
    const { paused } = environment.spec.lifecycle;
    const left = paused ? undefined : this.#left(environment, live);
    if (left !== undefined && left <= 0) return this.#expire(one);
    const slept = one.before.hibernation ?? {};
    const hibernation = paused ? slept : await this.#hibernations.look(api, environment, live, slept, log);
    const desired = attempt(() => desiredObjects(environment, live, this.#extension, isAsleep(hibernation)));
    if (desired instanceof TidegateError) return this.#refuse(one, desired);
    if (paused) return this.#leaveAlone(one, environment, desired);
    const again = await this.#deliver(one, environment, desired, hibernation);
    if (left === undefined) return again;
    return { afterMs: Math.min(again?.afterMs ?? LONGEST_WAIT_MS, left) };
  };

  /** Says why nothing is delivered. Only another spec, or another operator, can change that. */
  async #refuse(one: Case, error: TidegateError): Promise<never> {
    await this.#report(one, refusedFindings(error));
    throw new TerminalError('The environment is refused; the condition Degraded says why');
  }

  /** Milliseconds until an environment expires; undefined when it never does. */
  #left(environment: Environment, live: KubeObject): number | undefined {
    const expiry = expiryOf(environment, live);
    return expiry === undefined ? undefined : expiry - this.#now();
  }

  /** Says on what a deletion waits. */
  async #depart(one: Case): Promise<Again | undefined> {
    try {
      await this.#report(one, departureFindings(this.#caches, one.live, this.#now()));
    } catch (error) {
      // Gone meanwhile.
      if (isApiError(error, 404)) return undefined;
      throw error;
    }
    return { afterMs: DEPARTURE_PATIENCE_MS };
  }

  async #leaveAlone(one: Case, environment: Environment, desired: readonly Desired[]): Promise<undefined> {
    const parts = await this.#observe(one.api, environment, desired);
    await this.#report(one, pausedFindings(partFindings(environment, parts, [])), seen(environment, parts));
  }

  /** Deletes an environment whose time is over, once everything in it is gone. */
  async #expire({ api, live, tell }: Case): Promise<undefined> {
    const { name, namespace, uid } = live.metadata;
    await tell([newsOfExpiry(name)]);
    await api.json({
      method: 'DELETE',
      path: pathOf(this.#caches.environments.kind, namespace, name),
      body: { propagationPolicy: 'Foreground', preconditions: { uid } },
    });
  }

  async #deliver(
    one: Case,
    environment: Environment,
    desired: readonly Desired[],
    hibernation: Hibernation,
  ): Promise<Again | undefined> {
    const { api, live, before, tell } = one;
    const secrets: string[] = [];
    let troubles: readonly CopyTrouble[] = [];
    const { delivered, foreign } = await deliver(api, this.#caches, desired, {
      environment: live,
      first: before.revision === undefined,
      prepare: async () => {
        secrets.push(...(await this.#credentials.ensure(api, environment, live)));
        const copied = await this.#copies.follow(api, environment, live);
        troubles = copied.troubles;
        secrets.push(...copied.created);
        await tell(newsOfCopies(copied.updated));
      },
    });
    const revision = revisionOf(desired);
    await tell(newsOfDelivery(secrets, delivered, before.revision === revision));
    if (foreign.length > 0) {
      await this.#report(one, foreignFindings(foreign, delivered));
      return { afterMs: LOOK_AGAIN_MS };
    }
    const failures = delivered.flatMap(({ applied }) => (applied.did === 'failed' ? [applied.error] : []));
    // What is left over may still be in use until everything new is in place.
    const whole = delivered.every(({ applied }) => !['failed', 'yielded', 'held'].includes(applied.did));
    if (whole) await tell(newsOfPruning(await prune(api, this.#caches, environment, live, desired)));
    const sleeps = isAsleep(hibernation);
    // Before the status says so: as long as it says that it sleeps, whoever takes over brings them back.
    if (!sleeps && isAsleep(before.hibernation ?? {}))
      await this.#hibernations.bringBack(api, this.#caches, desired);
    const rotations = await this.#rotations.advance(
      api,
      environment,
      live,
      sleeps ? 'the environment is asleep' : whole ? this.#unsettled(desired) : 'not every object is applied',
    );
    await tell(newsOfRotations(rotations));
    const parts = await this.#observe(api, environment, desired, troubles);
    const expiry = expiryOf(environment, live);
    const findings = [
      ...hibernationFindings(
        environment,
        hibernation,
        partFindings(environment, parts, delivered),
        before.conditions ?? [],
      ),
      ...rotationFindings(rotations, before.conditions ?? []),
      ...resumedFindings(before.conditions ?? []),
    ];
    await this.#report(one, findings, {
      ...seen(environment, parts),
      expiresAt: expiry === undefined ? undefined : new Date(expiry).toISOString(),
      hibernation: Object.keys(hibernation).length === 0 ? undefined : hibernation,
      ...(whole ? { revision } : {}),
    });
    // Once the status says so: pods that are away while it does not would never come back.
    if (sleeps) await this.#hibernations.takeAway(api, this.#caches, desired);
    if (failures.length > 0) throw worst(failures);
    return soonest([
      await this.#deletionCosts.follow(api, live, this.#autoscalerIn(desired), one.log),
      lookAgainMs(environment, hibernation),
      isUnsettled(delivered) || troubles.length > 0 ? LOOK_AGAIN_MS : undefined,
      ...rotations.map((report) => this.#wait(report)),
    ]);
  }

  /** What scales the server, as it is; undefined when that is not Kubernetes itself. */
  #autoscalerIn(desired: readonly Desired[]): KubeObject | undefined {
    const [server] = desired.filter(
      ({ kind, metadata }) => kind === 'HorizontalPodAutoscaler' && metadata.name.endsWith('-server'),
    );
    return server && this.#caches.live(server);
  }

  /** Why not all pods may be those of the tree. */
  #unsettled(desired: readonly Desired[]): string | undefined {
    const workloads = desired.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
    return unsettledBecause(
      workloads.map((one) => ({ name: one.metadata.name, live: this.#caches.live(one) })),
    );
  }

  /** Milliseconds until a rotation goes on. */
  #wait({ next, held }: RotationReport): number | undefined {
    if (held !== undefined) return LOOK_AGAIN_MS;
    return next && Math.max(0, next.at - this.#now());
  }

  async #observe(
    api: Api,
    environment: Environment,
    desired: readonly Desired[],
    copyTroubles: readonly CopyTrouble[] = [],
  ): Promise<ObservedParts> {
    const { name } = environment.metadata;
    const part = (kind: string, wanted: string) => {
      const manifest = desired.find((object) => object.kind === kind && object.metadata.name === wanted);
      return manifest === undefined ? undefined : this.#caches.live(manifest);
    };
    const isIn = (kind: string, wanted: string) =>
      desired.some((object) => object.kind === kind && object.metadata.name === wanted);
    return {
      fromExtension: (['redis', 'postgres'] as const).filter(
        (store) => this.#extension.parts?.[store] !== undefined && !isIn('StatefulSet', `${name}-${store}`),
      ),
      credentials: await this.#credentials.look(api, environment),
      copyTroubles,
      externalSecrets: desired
        .filter(({ kind }) => kind === 'ExternalSecret')
        .flatMap((one) => this.#caches.live(one) ?? []),
      server: part('Deployment', `${name}-server`),
      redis: part('StatefulSet', `${name}-redis`) ?? part('StatefulSet', `${name}-redis-node`),
      postgres: part('StatefulSet', `${name}-postgres`),
      postgresBackup: part('CronJob', `${name}-postgres-backup`),
      postgresCluster: part('Cluster', `${name}-postgres`),
      postgresClusterServed: this.#caches.serves('Cluster'),
      ingress: part('Ingress', name),
      httpRoute: part('HTTPRoute', name),
      httpRouteServed: this.#caches.serves('HTTPRoute'),
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
    const all = [...findings, ...(one.unknown === undefined ? [] : ignoredFindings(one.unknown, previous))];
    const conditions = [...withFindings(previous, all, generation, new Date(this.#now()))];
    const said = { ...before, ...more, observedGeneration: generation, conditions };
    const status = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
    if (isDeepStrictEqual(status, before)) return;
    const written = await api.json<KubeObject>({
      method: 'PATCH',
      path: pathOf(this.#caches.environments.kind, namespace, name, 'status'),
      query: { fieldManager: FIELD_MANAGER },
      contentType: 'application/merge-patch+json',
      // The version makes sure that the status is judged by the newest one: times of conditions depend on it.
      body: {
        metadata: { resourceVersion },
        status: { expiresAt: null, ...status, hibernation: wholeHibernation(said.hibernation) },
      },
    });
    this.#caches.environments.store.put(written);
    await tell(newsOfConditions(name, transitions(previous, conditions), previous));
  }
}

/** What a status says besides conditions. */
function seen(environment: Environment, parts: ObservedParts): Partial<EnvironmentStatus> {
  return { endpoints: endpointsOf(environment, parts), replicas: replicasOf(parts) };
}

/** For a merge, which keeps what is not named. */
function wholeHibernation(hibernation: Hibernation | undefined): object | null {
  return hibernation === undefined ? null : { since: null, mark: null, ...hibernation };
}

/** What work returns, or the known error it ends with. */
function attempt<T>(work: () => T): T | TidegateError {
  try {
    return work();
  } catch (error) {
    if (error instanceof TidegateError) return error;
    throw error;
  }
}

/** The failure that says most about when to try again. */
function worst(failures: readonly unknown[]): unknown {
  return failures.find((error) => isApiError(error, 429, 503)) ?? failures[0];
}

function soonest(waits: readonly (number | undefined)[]): Again | undefined {
  const given = waits.filter((wait) => wait !== undefined);
  return given.length === 0 ? undefined : { afterMs: Math.min(...given, LONGEST_WAIT_MS) };
}

function isUnsettled(delivered: readonly Delivered[]): boolean {
  return delivered.some(({ applied }) => applied.did === 'yielded' || applied.did === 'notServed');
}
