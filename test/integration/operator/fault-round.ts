import { KubeConfig } from '@kubernetes/client-node';
import { TREE_KINDS } from '../../../src/constructs/index.ts';
import { ApiClient } from '../../../src/operator/api/api-client.ts';
import { isApiError } from '../../../src/operator/api/api-error.ts';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { type Kind, LEASE, pathOf, SECRET } from '../../../src/operator/kinds.ts';
import type { EnvironmentStatus } from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import type { Fault } from './proxy-faults.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

const ENVIRONMENT: Kind = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'RealtimeEnvironment',
  plural: 'realtimeenvironments',
};
/** An object of each of these is taken away while the fault lasts, so that every watch has something to miss. */
const TAKEN = new Map([
  ['ServiceAccount', 'chat-server'],
  ['ConfigMap', 'chat-server'],
  ['NetworkPolicy', 'chat-server'],
  ['Service', 'chat-server'],
  ['StatefulSet', 'chat-redis'],
  ['Deployment', 'chat-server'],
  ['PodDisruptionBudget', 'chat-server'],
  ['HorizontalPodAutoscaler', 'chat-server'],
  ['Ingress', 'chat'],
  ['Secret', 'chat-token'],
]);
/** Requests that meet a fault before it ends. */
const MET = 16;

/** What is dead is noticed in seconds here, else half-open connections alone would take half a minute. */
const TIMING = {
  reflector: { watchMs: 1_000, deadlineMs: 2_000 },
  lease: { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 500 },
  patience: { silenceMs: 1_500, deadlineMs: 2_000 },
};

/** Changes an environment `chat` and deletes its objects while a fault lasts; then the operator is to catch up. */
export class FaultRounds {
  readonly #sandbox: Sandbox;
  readonly #proxy: FaultyProxy;
  readonly #operator: RunningOperator;
  /** To the API server, past the proxy. */
  readonly #direct: ApiClient;
  /** The operator's. */
  readonly #clock: { aheadMs: number };
  #round = 0;
  /** What the lease said when the last fault ended. */
  #renewedAt: string | undefined;

  private constructor(
    sandbox: Sandbox,
    proxy: FaultyProxy,
    operator: RunningOperator,
    { direct, clock }: { readonly direct: ApiClient; readonly clock: { aheadMs: number } },
  ) {
    this.#clock = clock;
    this.#sandbox = sandbox;
    this.#proxy = proxy;
    this.#operator = operator;
    this.#direct = direct;
  }

  static async start(kubeconfig: string): Promise<FaultRounds> {
    const sandbox = await Sandbox.create(kubeconfig);
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const proxy = await FaultyProxy.start(config);
    const clock = { aheadMs: 0 };
    const operator = await startOperator(sandbox, {
      kubeconfig: proxy.kubeconfig,
      timing: { ...TIMING, now: () => Date.now() + clock.aheadMs },
    });
    await sandbox.apply();
    await sandbox.condition('Degraded', { status: 'False' });
    return new FaultRounds(sandbox, proxy, operator, { direct: new ApiClient(config), clock });
  }

  async close(): Promise<void> {
    await this.#operator.stop();
    await this.#proxy.close();
    this.#direct.close();
  }

  /** Milliseconds from the end of the fault until everything is as it should be. Throws when it never is. */
  async run(fault: Fault): Promise<number> {
    // A fault is met in health: with the lease renewed since the one before.
    await waitFor('the lease to be renewed', async () =>
      (await this.#renewTime()) === this.#renewedAt ? undefined : true,
    );
    this.#round += 1;
    const greeting = `round-${this.#round}`;
    const before = await this.#uids();
    this.#proxy.begin(fault);
    this.#clock.aheadMs = fault.clockMs ?? 0;
    await this.#json('PATCH', this.#path(ENVIRONMENT, 'chat'), { spec: { config: { GREETING: greeting } } });
    for (const [kind, name] of this.#taken()) await this.#json('DELETE', this.#path(kind, name));
    await waitFor('the fault to be met', () => (this.#proxy.met >= MET ? true : undefined), {
      everyMilliseconds: 20,
    });
    this.#proxy.end();
    this.#clock.aheadMs = 0;
    this.#renewedAt = await this.#renewTime();
    const ended = performance.now();
    await waitFor(`the operator to catch up with ${greeting}`, () => this.#caughtUp(greeting, before), {
      everyMilliseconds: 50,
    });
    return performance.now() - ended;
  }

  async #caughtUp(greeting: string, before: ReadonlySet<string>): Promise<true | undefined> {
    const environment = await this.#get(ENVIRONMENT, 'chat');
    const { observedGeneration, conditions = [] } = (environment?.status ?? {}) as EnvironmentStatus;
    if (observedGeneration !== environment?.metadata.generation) return undefined;
    if (conditions.find(({ type }) => type === 'Degraded')?.status !== 'False') return undefined;
    const objects = await this.#objects();
    if (objects.some((object) => object === undefined || before.has(object.metadata.uid ?? ''))) {
      return undefined;
    }
    return JSON.stringify(objects).includes(greeting) ? true : undefined;
  }

  async #renewTime(): Promise<string | undefined> {
    const lease = await this.#get(LEASE, `tidegate-operator-${this.#sandbox.namespace}`);
    return (lease?.spec as { readonly renewTime?: string } | undefined)?.renewTime;
  }

  async #uids(): Promise<ReadonlySet<string>> {
    return new Set((await this.#objects()).map((object) => object?.metadata.uid ?? ''));
  }

  #objects(): Promise<readonly (KubeObject | undefined)[]> {
    return Promise.all(this.#taken().map(([kind, name]) => this.#get(kind, name)));
  }

  #taken(): readonly (readonly [Kind, string])[] {
    return [...TREE_KINDS, SECRET].flatMap((kind) => {
      const name = TAKEN.get(kind.kind);
      return name === undefined ? [] : [[kind, name] as const];
    });
  }

  async #get(kind: Kind, name: string): Promise<KubeObject | undefined> {
    try {
      return await this.#direct.json<KubeObject>({ path: this.#path(kind, name) });
    } catch (error) {
      if (isApiError(error, 404)) return undefined;
      throw error;
    }
  }

  #json(method: 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    return this.#direct.json({ method, path, body, contentType: 'application/merge-patch+json' });
  }

  #path(kind: Kind, name: string): string {
    return pathOf(kind, this.#sandbox.namespace, name);
  }
}
