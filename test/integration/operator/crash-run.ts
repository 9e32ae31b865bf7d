import { KubeConfig } from '@kubernetes/client-node';
import { TREE_KINDS } from '../../../src/constructs/index.ts';
import { ApiClient } from '../../../src/operator/api/api-client.ts';
import { isApiError } from '../../../src/operator/api/api-error.ts';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { desiredObjects } from '../../../src/operator/environment/desired.ts';
import { isAsApplied } from '../../../src/operator/environment/drift.ts';
import { type Kind, pathOf, SECRET } from '../../../src/operator/kinds.ts';
import { type Condition, parse } from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { Sandbox, startOperator } from './sandbox.ts';

/**
 * Where an operator ends: at its n-th call of the work, or the first one whose path has this in it; before it reaches the API
 * server or before its answer is seen.
 */
export interface CrashPoint {
  readonly call: number | string;
  readonly moment: 'before' | 'after';
}

/** What is asked of an operator, and how it is seen to be done. */
interface Wish {
  /** Asks for it. */
  readonly ask: (sandbox: Sandbox) => Promise<unknown>;
  /** A condition that says it is done, besides `Degraded`. */
  readonly done?: Pick<Condition, 'type' | 'status'>;
  /** Whether it is to be asleep in the end. */
  readonly sleeps?: boolean;
}

/** Something that an operator is to do, and may crash in. */
interface Task extends Wish {
  /** What is there and applied before; nothing when undefined. */
  readonly before?: Record<string, unknown>;
  /** Whether it is asleep before. */
  readonly sleeping?: boolean;
  /** What is wished for instead, after the crash. */
  readonly instead?: Wish;
}

const FIRST = { autoscaling: { min: 1, max: 1 } };
/** Takes a part out of the tree. */
const THEN = { ...FIRST, redis: { inProcess: {} } };
const SLEEPY = { ...FIRST, lifecycle: { hibernate: { after: '1m' } } };
const AWAKE = {
  ask: (sandbox) => sandbox.apply(FIRST),
  done: { type: 'Hibernated', status: 'False' },
} as const satisfies Wish;
const ASLEEP = {
  ask: (sandbox) => sandbox.apply(SLEEPY),
  done: { type: 'Hibernated', status: 'True' },
  sleeps: true,
} as const satisfies Wish;

export const TASKS = {
  create: { ask: (sandbox) => sandbox.apply(FIRST) },
  change: { before: FIRST, ask: (sandbox) => sandbox.apply(THEN) },
  hibernate: { before: FIRST, ...ASLEEP },
  'hibernate after all not': { before: FIRST, ...ASLEEP, instead: AWAKE },
  wake: { before: SLEEPY, sleeping: true, ...AWAKE },
} as const satisfies Readonly<Record<string, Task>>;
export type TaskName = keyof typeof TASKS;

/** An hour takes half a minute, so that what waits for its time is met. */
const SPEED = 120;
const TIMING = {
  now: () => Date.now() + performance.now() * (SPEED - 1),
  resyncMs: 500,
};
const OWNED = 'app.kubernetes.io/managed-by=tidegate-operator';

/** An API server and operators that crash in it. Call `close` at the end. */
export class Crashes {
  readonly #config = new KubeConfig();
  readonly #direct: ApiClient;
  readonly #kubeconfig: string;
  readonly #proxies: FaultyProxy[] = [];
  readonly #operators: (() => Promise<void>)[] = [];

  constructor(kubeconfig: string) {
    this.#kubeconfig = kubeconfig;
    this.#config.loadFromFile(kubeconfig);
    this.#direct = new ApiClient(this.#config);
  }

  /**
   * Lets an operator do a task, and ends it at a point. Another begins with nothing in memory, and finishes.
   *
   * @returns whether the point was reached; what is wrong in the end
   */
  async run(name: TaskName, point: CrashPoint): Promise<{ crashed: boolean; wrong: string[] }> {
    const task: Task = TASKS[name];
    const sandbox = await Sandbox.create(this.#kubeconfig);
    if (task.before !== undefined) {
      await sandbox.apply(task.before);
      const operator = await startOperator(sandbox, { timing: TIMING });
      await this.#done(sandbox, task.sleeping === true ? TASKS.hibernate : {});
      await operator.stop();
    }
    await task.ask(sandbox);
    const crashed = await this.#crash(sandbox, task, point);
    await task.instead?.ask(sandbox);
    const wish = task.instead ?? task;
    const heir = await startOperator(sandbox, { timing: TIMING });
    await this.#done(sandbox, wish);
    await heir.stop();
    return { crashed, wrong: await this.#wrong(sandbox, wish) };
  }

  async close(): Promise<void> {
    // Refused, they give up sooner than unheard.
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    await Promise.all(this.#operators.map((stop) => stop()));
    this.#direct.close();
  }

  /** Lets an operator work until the point; or until it is done, if that comes first. */
  async #crash(sandbox: Sandbox, task: Wish, { call, moment }: CrashPoint): Promise<boolean> {
    const proxy = await FaultyProxy.start(this.#config);
    this.#proxies.push(proxy);
    let calls = 0;
    let crashed = false;
    proxy.begin({
      answer: (ask, _response, { url = '' }) => {
        if (ask !== 'other' || url.includes('/leases')) return false;
        calls += 1;
        if (typeof call === 'number' ? calls !== call : !url.includes(call)) return false;
        // Nothing comes or goes any more: to the API server that is a process that was killed.
        proxy.begin({ freezes: true });
        crashed = true;
        return moment === 'before';
      },
    });
    const operator = await startOperator(sandbox, { kubeconfig: proxy.kubeconfig, timing: TIMING });
    this.#operators.push(operator.stop);
    await waitFor('a crash or an end', async () =>
      crashed || (await this.#isDone(sandbox, task)) ? true : undefined,
    );
    // A lease that nobody renews would be waited for.
    if (crashed) await sandbox.kubectl(['delete', 'leases', '--all']);
    else await operator.stop();
    return crashed;
  }

  async #done(sandbox: Sandbox, task: Pick<Wish, 'done' | 'sleeps'>): Promise<void> {
    await waitFor('an operator to be done', async () =>
      (await this.#isDone(sandbox, task)) ? true : undefined,
    );
  }

  async #isDone(sandbox: Sandbox, { done, sleeps = false }: Pick<Wish, 'done' | 'sleeps'>): Promise<boolean> {
    const isAway = async () =>
      (await sandbox.get<{ spec: { replicas: number } }>('deployment', 'chat-server'))?.spec.replicas === 0;
    const { generation } = (await sandbox.get('rte', 'chat'))?.metadata ?? {};
    const { observedGeneration, conditions } = await sandbox.status();
    const degraded = conditions?.find(({ type }) => type === 'Degraded')?.status;
    // One that is absent was never met.
    const said = conditions?.find(({ type }) => type === done?.type)?.status ?? 'False';
    const isSaid = done === undefined || said === done.status;
    return (
      observedGeneration === generation && degraded === 'False' && isSaid && (!sleeps || (await isAway()))
    );
  }

  /** Objects that are missing, not as they should be, left over or held by a finalizer. */
  async #wrong(sandbox: Sandbox, { sleeps = false }: Pick<Wish, 'sleeps'>): Promise<string[]> {
    const environment = (await sandbox.get('rte', 'chat')) as KubeObject;
    const desired = desiredObjects(parse(environment), environment, {}, sleeps);
    const live = (await Promise.all(TREE_KINDS.map((kind) => this.#list(kind, sandbox.namespace)))).flat();
    const named = ({ kind, metadata }: { kind?: string; metadata: { name: string } }) =>
      `${kind} ${metadata.name}`;
    const secrets = (await this.#list(SECRET, sandbox.namespace)).map(named);
    const redis = desired.some(({ metadata }) => metadata.name === 'chat-redis');
    return [
      ...desired.flatMap((object) => {
        const found = live.find((one) => named(one) === named(object));
        if (found === undefined) return [`${named(object)} is missing`];
        return isAsApplied(object, found) ? [] : [`${named(object)} differs`];
      }),
      ...live.flatMap((object) =>
        desired.some((one) => named(one) === named(object)) || outlived(object, redis)
          ? []
          : [`${named(object)} is left over`],
      ),
      ...live.flatMap((object) => {
        const { replicas } = (object.spec ?? {}) as { replicas?: number };
        return replicas !== undefined && (replicas === 0) !== sleeps
          ? [`${named(object)} has ${replicas} replicas`]
          : [];
      }),
      ...live.filter(held).map((object) => `${named(object)} is held`),
      ...(secrets.length < 3 ? [`There are no Secrets but ${secrets.join(', ')}`] : []),
    ];
  }

  async #list(kind: Kind, namespace: string): Promise<readonly KubeObject[]> {
    const query = { labelSelector: OWNED };
    const path = pathOf(kind, namespace);
    try {
      const { items } = await this.#direct.json<{ items: readonly KubeObject[] }>({ path, query });
      return items.map((item) => ({ ...item, kind: kind.kind, apiVersion: kind.apiVersion }));
    } catch (error) {
      // A kind that this API server does not serve has no objects.
      if (isApiError(error, 404)) return [];
      throw error;
    }
  }
}

/** A volume stays when what used it leaves the tree. */
function outlived({ kind }: KubeObject, redis: boolean): boolean {
  return kind === 'PersistentVolumeClaim' && !redis;
}

/** Volumes are protected by Kubernetes itself. */
function held({ kind, metadata }: KubeObject): boolean {
  const finalizers = (metadata as { finalizers?: readonly string[] }).finalizers ?? [];
  return kind !== 'PersistentVolumeClaim' && finalizers.length > 0;
}
