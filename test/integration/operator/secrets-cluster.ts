import { KubeConfig } from '@kubernetes/client-node';
import { operate } from '../../../src/operator/run.ts';
import {
  applyCustomResources,
  externalSecrets,
  installCustomResources,
} from '../../cluster/custom-resources.ts';
import { kubectlFor } from '../../cluster/kubectl.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { type RestartableApiServer, startApiServer } from './restartable-api-server.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

export type Data = Readonly<Record<string, string>>;

/**
 * An API server of its own, without controllers, and an operator that watches all of it by a clock that the test moves. What
 * controllers would say of workloads, the test says.
 */
export class SecretsCluster {
  readonly sandbox: Sandbox;
  readonly #apiServer: RestartableApiServer;
  operator: RunningOperator;
  /** Milliseconds that the operator's clock is ahead. */
  #ahead = 0;
  /** Every value of a Secret that was ever seen. */
  readonly #canaries = new Set<string>();

  static async start(): Promise<SecretsCluster> {
    const apiServer = await startApiServer();
    await installCustomResources(apiServer.kubeconfig);
    await applyCustomResources(apiServer.kubeconfig, await externalSecrets());
    const cluster = new SecretsCluster(apiServer, await Sandbox.create(apiServer.kubeconfig));
    await cluster.startOperator();
    return cluster;
  }

  private constructor(apiServer: RestartableApiServer, sandbox: Sandbox) {
    this.#apiServer = apiServer;
    this.sandbox = sandbox;
    this.operator = undefined as never;
  }

  async startOperator(): Promise<void> {
    const config = new KubeConfig();
    config.loadFromFile(this.sandbox.kubeconfig);
    this.operator = await startOperator(this.sandbox, {
      timing: { now: () => Date.now() + this.#ahead, resyncMs: 500 },
      operate: (to, { namespace, healthPort }, ...rest) => operate(to, { namespace, healthPort }, ...rest),
    });
  }

  /** Moves the operator's clock on. */
  later(minutes: number): void {
    this.#ahead += minutes * 60_000;
  }

  async kubectl(args: readonly string[], input?: unknown): Promise<string> {
    const kubectl = await kubectlFor(this.sandbox.kubeconfig);
    return kubectl([...args], input === undefined ? undefined : JSON.stringify(input));
  }

  /** Says of every Deployment and StatefulSet that all its pods are new and ready. */
  async rollOut(): Promise<void> {
    for (const kind of ['deployment', 'statefulset']) {
      const names = (await this.sandbox.kubectl(['get', kind, '-o', 'name'])).split('\n').filter(Boolean);
      for (const name of names) {
        const [, short = ''] = name.split('/');
        const { generation } = (await this.sandbox.get(kind, short))?.metadata ?? {};
        const counts = { replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1 };
        const status = JSON.stringify({ status: { observedGeneration: generation, ...counts } });
        await this.sandbox.kubectl(['patch', name, '--subresource=status', '--type=merge', '-p', status]);
      }
    }
  }

  /** `data` of a Secret, decoded. */
  async data(name: string): Promise<Data> {
    const secret = await this.sandbox.get<{ data?: Data }>('secret', name);
    const entries = Object.entries(secret?.data ?? {});
    const data = Object.fromEntries(
      entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
    for (const value of Object.values(data)) {
      for (const line of value.split('\n')) this.#canaries.add(line.slice(line.lastIndexOf(':') + 1));
    }
    return data;
  }

  phase(name: string, wanted: string): Promise<Data> {
    return waitFor(`Secret ${name} to be ${wanted}`, async () => {
      const found = (await this.sandbox.get('secret', name))?.metadata.annotations;
      return found?.['tidegate.dev/rotation-phase'] === wanted ? this.data(name) : undefined;
    });
  }

  /** What of all values that were ever seen stands in logs, events or status. */
  async leaks(): Promise<readonly string[]> {
    const names = (await this.sandbox.kubectl(['get', 'secrets', '-o', 'name'])).split('\n').filter(Boolean);
    for (const name of names) await this.data(name.replace('secret/', ''));
    const texts = [
      JSON.stringify(this.operator.logs),
      await this.sandbox.kubectl(['get', 'events,rte', '-o', 'json']),
    ].join();
    return [...this.#canaries].filter((canary) => canary.length > 20 && texts.includes(canary));
  }

  get canaries(): number {
    return this.#canaries.size;
  }

  async stop(): Promise<void> {
    await this.operator.stop();
    await this.#apiServer.stop();
  }
}
