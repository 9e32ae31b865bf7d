import { KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import { parseAllDocuments } from 'yaml';
import { adapt } from '../../../src/operator/metrics-adapter/run.ts';
import { command } from '../../cluster/command.ts';
import { freePorts } from '../../cluster/control-plane/free-ports.ts';
import { kubectlFor } from '../../cluster/kubectl.ts';
import { toolPath } from '../../cluster/tools/tool-path.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { Sandbox } from './sandbox.ts';

const API_SERVICE = 'apiservice/v1beta2.custom.metrics.k8s.io';

/** A metrics adapter that runs here. */
export interface RunningAdapter {
  readonly port: number;
  readonly logs: readonly Record<string, unknown>[];
  /** Value of a metric of its own. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** What the chart installs for the adapter but its pods: these run here, with the same rights and by the same Service. */
export class AdapterSandbox {
  readonly sandbox: Sandbox;
  readonly name: string;
  readonly #config = new KubeConfig();
  readonly #servicePort: number;

  private constructor(sandbox: Sandbox, servicePort: number) {
    this.sandbox = sandbox;
    this.name = `tidegate-${sandbox.namespace}-metrics-adapter`;
    this.#servicePort = servicePort;
  }

  static async create(kubeconfig: string): Promise<AdapterSandbox> {
    const [port = 0] = await freePorts(1);
    const adapter = new AdapterSandbox(await Sandbox.create(kubeconfig), port);
    await adapter.install();
    return adapter;
  }

  /** Applies what the chart has; the Service leads here, since pods have no network of their own. */
  async install(): Promise<void> {
    const { namespace, kubeconfig } = this.sandbox;
    const objects = (await this.#chart()).filter(({ kind }) => kind !== 'Service' && kind !== 'Deployment');
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: this.name, namespace },
      spec: { type: 'ExternalName', externalName: 'localhost' },
    };
    await this.#kubectl(['apply', '-f', '-'], [...objects, service]);
    this.#config.loadFromFile(kubeconfig);
    const cluster = this.#config.getCurrentCluster();
    if (cluster === null) throw new Error('The kubeconfig has no cluster');
    const token = (await this.sandbox.kubectl(['create', 'token', this.name])).trim();
    this.#config.loadFromClusterAndUser(cluster, { name: this.name, token });
  }

  /** Removes it as `helm uninstall` does. */
  async uninstall(): Promise<void> {
    await this.#kubectl(['delete', '--ignore-not-found', '-f', '-'], await this.#chart());
  }

  /** Starts an adapter: the one that the Service leads to, or a standby beside it. */
  async start(role: 'asked' | 'beside' = 'asked'): Promise<RunningAdapter> {
    const [beside = 0, healthPort = 0] = await freePorts(2);
    const port = role === 'asked' ? this.#servicePort : beside;
    const logs: Record<string, unknown>[] = [];
    const stopping = new AbortController();
    const ended = adapt(
      this.#config,
      {
        name: this.name,
        namespace: this.sandbox.namespace,
        servicePort: this.#servicePort,
        port,
        healthPort,
      },
      pino({ level: 'debug' }, { write: (line) => logs.push(JSON.parse(line)) }),
      stopping.signal,
    );
    const page = (path: string) => fetch(`http://127.0.0.1:${healthPort}${path}`);
    await Promise.race([
      ended,
      waitFor('the adapter', async () => ((await page('/readyz')).ok ? true : undefined)),
    ]);
    return {
      port,
      logs,
      metric: async (name) => {
        const text = await (await page('/metrics')).text();
        return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
      },
      stop: async () => {
        stopping.abort();
        await ended;
      },
    };
  }

  /** Waits until the API server asks the adapter. */
  async available(): Promise<void> {
    const path = "jsonpath={.status.conditions[?(@.type=='Available')].status}";
    await waitFor('the API to be available', async () =>
      (await this.sandbox.kubectl(['get', API_SERVICE, '-o', path])) === 'True' ? true : undefined,
    );
  }

  /** Waits until the adapter is not registered. */
  async unregistered(): Promise<void> {
    await waitFor('the registration to be gone', async () =>
      (await this.sandbox.kubectl(['get', API_SERVICE, '--ignore-not-found', '-o', 'name'])) === ''
        ? true
        : undefined,
    );
  }

  /** What `kubectl get --raw` gives of the API, by a path below its root. */
  raw(path: string, ...as: readonly string[]): Promise<string> {
    return this.sandbox.kubectl([...as, 'get', '--raw', `/apis/custom.metrics.k8s.io${path}`]);
  }

  /** In the namespaces that the objects name. */
  async #kubectl(args: readonly string[], items: readonly object[]): Promise<void> {
    const kubectl = await kubectlFor(this.sandbox.kubeconfig);
    await kubectl(args, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  }

  async #chart(): Promise<readonly { kind: string }[]> {
    const { namespace } = this.sandbox;
    const values = ['metricsAdapter.enabled=true', `nameOverride=${namespace}`, 'ownershipPolicy=None'];
    const args = ['template', 'tidegate', 'charts/tidegate', '--namespace', namespace];
    const templates = ['metrics-adapter', 'metrics-adapter-rbac'].flatMap((name) => [
      '--show-only',
      `templates/${name}.yaml`,
    ]);
    const sets = values.flatMap((value) => ['--set', value]);
    const text = await command(await toolPath('helm'), [...args, ...templates, ...sets]);
    return parseAllDocuments(text).map((document) => document.toJS());
  }
}
