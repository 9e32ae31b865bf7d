import { randomBytes } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import { type DestinationStream, pino } from 'pino';
import type { Extension } from '../../../src/constructs/index.ts';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { type OperatorTiming, operate } from '../../../src/operator/run.ts';
import type { Condition, EnvironmentStatus } from '../../../src/spec/index.ts';
import { freePorts } from '../../cluster/control-plane/free-ports.ts';
import { kubectlFor } from '../../cluster/kubectl.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';

/** Kinds of everything an environment can have in its namespace. */
const KINDS =
  'serviceaccounts,configmaps,networkpolicies,persistentvolumeclaims,services,statefulsets,deployments,' +
  'poddisruptionbudgets,horizontalpodautoscalers,ingresses,httproutes,secrets';

/** A namespace of its own, and what a person does in it. */
export class Sandbox {
  readonly namespace = `operator-${randomBytes(4).toString('hex')}`;
  readonly kubeconfig: string;

  constructor(kubeconfig: string) {
    this.kubeconfig = kubeconfig;
  }

  static async create(kubeconfig: string): Promise<Sandbox> {
    const sandbox = new Sandbox(kubeconfig);
    await (await kubectlFor(kubeconfig))(['create', 'namespace', sandbox.namespace]);
    return sandbox;
  }

  async kubectl(args: readonly string[], input?: unknown): Promise<string> {
    const kubectl = await kubectlFor(this.kubeconfig);
    return kubectl(['-n', this.namespace, ...args], input === undefined ? undefined : JSON.stringify(input));
  }

  /** Applies an environment, `chat` by default, with some fields of its spec added or replaced. */
  async apply(spec: Record<string, unknown> = {}, name = 'chat'): Promise<void> {
    const metadata = { name, namespace: this.namespace };
    await this.kubectl(['apply', '--server-side', '-f', '-'], { ...environment(spec), metadata });
  }

  /** An object, if it is there. */
  async get<T = KubeObject>(kind: string, name: string): Promise<T | undefined> {
    const text = await this.kubectl(['get', kind, name, '--ignore-not-found', '-o', 'json']);
    return text === '' ? undefined : (JSON.parse(text) as T);
  }

  /** `Kind/name` of what is marked as the operator's, in order. */
  async owned(): Promise<readonly string[]> {
    const selector = ['-l', 'app.kubernetes.io/managed-by=tidegate-operator'];
    const { items } = JSON.parse(await this.kubectl(['get', KINDS, ...selector, '-o', 'json'])) as {
      items: readonly KubeObject[];
    };
    return items.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
  }

  async status(name = 'chat'): Promise<EnvironmentStatus> {
    return (await this.get<{ status?: EnvironmentStatus }>('rte', name))?.status ?? {};
  }

  /** Waits until a condition of the environment is as it should be. */
  condition(type: string, expected: Partial<Condition>, name = 'chat'): Promise<Condition> {
    return waitFor(`${type} to be ${JSON.stringify(expected)}`, async () => {
      const found = (await this.status(name)).conditions?.find((condition) => condition.type === type);
      const matches = Object.entries(expected).every(
        ([field, value]) => found?.[field as 'status'] === value,
      );
      return matches ? found : undefined;
    });
  }

  /** Notes of the events about the environment. */
  async events(): Promise<readonly string[]> {
    const text = await this.kubectl([
      'get',
      'events',
      '--field-selector=involvedObject.name=chat',
      '-o',
      'json',
    ]);
    return (JSON.parse(text) as { items: readonly { message: string }[] }).items.map(
      ({ message }) => message,
    );
  }

  /** Says of every pod and route what a kubelet and a gateway would say of a healthy one. */
  async pretendHealthy(): Promise<void> {
    const names = (await this.kubectl(['get', 'pods', '-o', 'name']))
      .split('\n')
      .filter((name) => name !== '');
    const conditions = ['Ready', 'ContainersReady'].map((type) => ({ type, status: 'True' }));
    const status = JSON.stringify({ status: { phase: 'Running', conditions } });
    for (const name of names) {
      await this.kubectl(['patch', name, '--subresource=status', '--type=merge', '-p', status]);
    }
  }
}

export interface RunningOperator {
  /** What it logged, one parsed line each. */
  readonly logs: readonly Record<string, unknown>[];
  /** Text of a page of its health server, and its status. */
  page(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Requests it has sent to the API server with these methods. */
  requests(...methods: readonly string[]): Promise<number>;
  stop(): Promise<void>;
}

/** Runs the operator in this process, for the namespace of a sandbox. */
export async function startOperator(
  { namespace, kubeconfig }: Sandbox,
  options: {
    readonly kubeconfig?: string;
    readonly timing?: OperatorTiming;
    readonly extension?: Extension;
    /** The operator of another version. */
    readonly operate?: typeof operate;
  } = {},
): Promise<RunningOperator> {
  const config = new KubeConfig();
  config.loadFromFile(options.kubeconfig ?? kubeconfig);
  const logs: Record<string, unknown>[] = [];
  const destination: DestinationStream = { write: (line) => logs.push(JSON.parse(line)) };
  const [healthPort = 0] = await freePorts(1);
  const stopping = new AbortController();
  const page = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${healthPort}${path}`);
    return { status: response.status, text: await response.text() };
  };
  const ended = (options.operate ?? operate)(
    config,
    { namespace, watchNamespace: namespace, healthPort, extension: options.extension },
    pino({ level: 'debug' }, destination),
    stopping.signal,
    options.timing,
  );
  await Promise.race([
    ended,
    waitFor('the operator to answer', async () =>
      (await page('/healthz')).status === 200 ? true : undefined,
    ),
  ]);
  return {
    logs,
    page,
    requests: async (...methods) => {
      const { text } = await page('/metrics');
      const counts = text.matchAll(/^rest_client_requests_total\{.*method="(\w+)".*\} (\d+)$/gm);
      return [...counts].reduce(
        (sum, [, method = '', count]) => (methods.includes(method) ? sum + Number(count) : sum),
        0,
      );
    },
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
