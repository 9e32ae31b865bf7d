import type { Logger } from 'pino';
import type { Api } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { ConnectionCounts } from '../connections/connection-counts.ts';
import { DELETION_COST, POD, serversOf } from '../connections/server-pods.ts';
import { pathOf } from '../kinds.ts';
import { FIELD_MANAGER } from './marks.ts';
import { newDeletionCosts, takesPodsAway } from './scale-in.ts';

/** How often pods are asked while their autoscaler is about to take some away. */
const LOOK_EVERY_MS = 30_000;

/**
 * Tells Kubernetes which pods hold the fewest connections, as long as an autoscaler is about to take pods away, so that those
 * go first. It is on the side: where it fails, Kubernetes chooses as it always does.
 */
export class DeletionCosts {
  readonly #counts: ConnectionCounts;
  /** When the pods of an environment were asked last, by its uid. */
  readonly #asked = new Map<string, number>();

  constructor(counts: ConnectionCounts) {
    this.#counts = counts;
  }

  /** @returns milliseconds until it is to be called again; undefined while no pod is going */
  async follow(
    api: Api,
    environment: KubeObject,
    autoscaler: KubeObject | undefined,
    log: Logger,
  ): Promise<number | undefined> {
    const { uid = '' } = environment.metadata;
    if (!takesPodsAway(autoscaler)) {
      this.#asked.delete(uid);
      return undefined;
    }
    const since = performance.now() - (this.#asked.get(uid) ?? Number.NEGATIVE_INFINITY);
    if (since < LOOK_EVERY_MS) return LOOK_EVERY_MS - since;
    this.#asked.set(uid, performance.now());
    try {
      await this.#write(api, environment);
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'Could not tell which pods hold the fewest connections');
    }
    return LOOK_EVERY_MS;
  }

  async #write(api: Api, { metadata: { namespace = '', name } }: KubeObject): Promise<void> {
    // Those that are not ready go first anyway.
    const pods = (await serversOf(api, { name, namespace })).filter(({ ready }) => ready);
    const counts = await this.#counts.of(pods);
    // A pod without a cost counts as one without connections.
    if (counts.length < pods.length) throw new Error('Not every ready pod told its connections');
    const costs = newDeletionCosts(counts.map(({ pod, connections }) => ({ ...pod, connections })));
    await Promise.all([...costs].map(([pod, cost]) => mark(api, namespace, pod, cost)));
  }
}

async function mark(api: Api, namespace: string, name: string, cost: number): Promise<void> {
  try {
    await api.json({
      method: 'PATCH',
      path: pathOf(POD, namespace, name),
      query: { fieldManager: FIELD_MANAGER },
      contentType: 'application/merge-patch+json',
      body: { metadata: { annotations: { [DELETION_COST]: `${cost}` } } },
    });
  } catch (error) {
    // Gone meanwhile.
    if (!isApiError(error, 404)) throw error;
  }
}
