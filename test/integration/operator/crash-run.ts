import { KubeConfig } from '@kubernetes/client-node';
import { TREE_KINDS } from '../../../src/constructs/index.ts';
import { ApiClient } from '../../../src/operator/api/api-client.ts';
import { isApiError } from '../../../src/operator/api/api-error.ts';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { desiredObjects } from '../../../src/operator/environment/desired.ts';
import { isAsApplied } from '../../../src/operator/environment/drift.ts';
import { type Kind, pathOf, SECRET } from '../../../src/operator/kinds.ts';
import { parse } from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { Sandbox, startOperator } from './sandbox.ts';

/** Where an operator ends: at its n-th call of the work, before it reaches the API server or before its answer is seen. */
export interface CrashPoint {
  readonly call: number;
  readonly moment: 'before' | 'after';
}

/** What an environment is made into, and then changed into; the change takes a part out of its tree. */
const FIRST = { autoscaling: { min: 1, max: 1 } };
const THEN = { ...FIRST, redis: { inProcess: {} } };
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
   * Lets an operator create an environment, or change one, and ends it at a point. Another begins with nothing in memory, and
   * finishes.
   *
   * @returns whether the point was reached; what is wrong in the end
   */
  async run(task: 'create' | 'change', point: CrashPoint): Promise<{ crashed: boolean; wrong: string[] }> {
    const sandbox = await Sandbox.create(this.#kubeconfig);
    if (task === 'change') {
      await sandbox.apply(FIRST);
      const operator = await startOperator(sandbox);
      await this.#done(sandbox);
      await operator.stop();
    }
    await sandbox.apply(task === 'create' ? FIRST : THEN);
    const crashed = await this.#crash(sandbox, point);
    const heir = await startOperator(sandbox);
    await this.#done(sandbox);
    await heir.stop();
    return { crashed, wrong: await this.#wrong(sandbox) };
  }

  async close(): Promise<void> {
    // Refused, they give up sooner than unheard.
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    await Promise.all(this.#operators.map((stop) => stop()));
    this.#direct.close();
  }

  /** Lets an operator work until the point; or until it is done, if that comes first. */
  async #crash(sandbox: Sandbox, { call, moment }: CrashPoint): Promise<boolean> {
    const proxy = await FaultyProxy.start(this.#config);
    this.#proxies.push(proxy);
    let calls = 0;
    let crashed = false;
    proxy.begin({
      answer: (ask, _response, { url = '' }) => {
        if (ask !== 'other' || url.includes('/leases')) return false;
        calls += 1;
        if (calls !== call) return false;
        // Nothing comes or goes any more: to the API server that is a process that was killed.
        proxy.begin({ freezes: true });
        crashed = true;
        return moment === 'before';
      },
    });
    const operator = await startOperator(sandbox, { kubeconfig: proxy.kubeconfig });
    this.#operators.push(operator.stop);
    await waitFor('a crash or an end', async () =>
      crashed || (await this.#isDone(sandbox)) ? true : undefined,
    );
    // A lease that nobody renews would be waited for.
    if (crashed) await sandbox.kubectl(['delete', 'leases', '--all']);
    else await operator.stop();
    return crashed;
  }

  async #done(sandbox: Sandbox): Promise<void> {
    await waitFor('an operator to be done', async () => ((await this.#isDone(sandbox)) ? true : undefined));
  }

  async #isDone(sandbox: Sandbox): Promise<boolean> {
    const { generation } = (await sandbox.get('rte', 'chat'))?.metadata ?? {};
    const { observedGeneration, conditions } = await sandbox.status();
    const degraded = conditions?.find(({ type }) => type === 'Degraded')?.status;
    return observedGeneration === generation && degraded === 'False';
  }

  /** Objects that are missing, not as they should be, left over or held by a finalizer. */
  async #wrong(sandbox: Sandbox): Promise<string[]> {
    const environment = (await sandbox.get('rte', 'chat')) as KubeObject;
    const desired = desiredObjects(parse(environment), environment);
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
