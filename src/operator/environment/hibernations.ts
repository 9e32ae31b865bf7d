import type { Logger } from 'pino';
import type { Environment } from '../../spec/index.ts';
import type { Api } from '../api/api-client.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { ConnectionCounts } from '../connections/connection-counts.ts';
import { serversOf } from '../connections/server-pods.ts';
import { type Kind, pathOf } from '../kinds.ts';
import { scaledBy } from './asleep.ts';
import type { Caches } from './caches.ts';
import type { Desired } from './desired.ts';
import { afterLook, type Hibernation, isWatched, lookAgainMs, woken } from './hibernation.ts';
import { FIELD_MANAGER } from './marks.ts';

const DEPLOYMENT: Kind = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' };

/** Sees which environments nobody uses, and takes the place of their autoscalers while they sleep. */
export class Hibernations {
  readonly #counts: ConnectionCounts;
  /** When the pods of an environment were asked last, by its uid. */
  readonly #asked = new Map<string, number>();
  readonly #now: () => number;

  /** @param now the time in milliseconds since 1970 */
  constructor(counts: ConnectionCounts, now: () => number) {
    this.#counts = counts;
    this.#now = now;
  }

  /** What has come of an environment's sleep, by what it was before and by who is connected now. */
  async look(
    api: Api,
    environment: Environment,
    live: KubeObject,
    before: Hibernation,
    log: Logger,
  ): Promise<Hibernation> {
    const { uid = '' } = live.metadata;
    const hibernation = woken(environment, live, before);
    if (!isWatched(environment, hibernation)) {
      this.#asked.delete(uid);
      return hibernation;
    }
    const now = this.#now();
    const dueAt = (this.#asked.get(uid) ?? 0) + (lookAgainMs(environment, hibernation) ?? 0);
    if (now < dueAt) return hibernation;
    try {
      const connected = await this.#isConnected(api, environment);
      this.#asked.set(uid, now);
      return afterLook(environment, live, hibernation, { connected, now });
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'Could not see who is connected; it stays awake');
      return hibernation;
    }
  }

  /** Takes the pods away that no object of the tree numbers. */
  async takeAway(api: Api, caches: Caches, desired: readonly Desired[]): Promise<void> {
    const left = unnumbered(desired).filter((one) => (replicasOf(caches, one) ?? 0) > 0);
    await Promise.all(left.map((one) => scaleTo(api, one, 0)));
  }

  /** Brings back the fewest that there are to be. */
  async bringBack(api: Api, caches: Caches, desired: readonly Desired[]): Promise<void> {
    const least = new Map(scaledBy(desired).map(({ name, min }) => [name, min]));
    const away = unnumbered(desired).filter((one) => replicasOf(caches, one) === 0);
    await Promise.all(away.map((one) => scaleTo(api, one, least.get(one.metadata.name) ?? 1)));
  }

  /** Who does not say counts as one who has clients. */
  async #isConnected(api: Api, { metadata }: Environment): Promise<boolean> {
    const pods = await serversOf(api, metadata);
    const counts = await this.#counts.of(pods);
    return counts.length < pods.length || counts.some(({ connections }) => connections > 0);
  }
}

/** Deployments whose number of pods is nobody's field of the tree. */
function unnumbered(desired: readonly Desired[]): readonly Desired[] {
  return desired.filter(
    ({ kind, spec }) => kind === DEPLOYMENT.kind && (spec as { replicas?: number }).replicas === undefined,
  );
}

function replicasOf(caches: Caches, one: Desired): number | undefined {
  return (caches.live(one)?.spec as { replicas?: number } | undefined)?.replicas;
}

/** As an autoscaler does it, so that the number stays nobody's field of the tree. */
async function scaleTo(api: Api, { metadata }: Desired, replicas: number): Promise<void> {
  await api.json({
    method: 'PATCH',
    path: pathOf(DEPLOYMENT, metadata.namespace, metadata.name, 'scale'),
    query: { fieldManager: FIELD_MANAGER },
    contentType: 'application/merge-patch+json',
    body: { spec: { replicas } },
  });
}
