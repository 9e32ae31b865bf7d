import { pino } from 'pino';
import { connect } from '../../src/delivery/cluster/connect.ts';
import { ApiClient } from '../../src/operator/api/api-client.ts';
import type { KubeObject } from '../../src/operator/api/kube-object.ts';
import { type Kind, pathOf } from '../../src/operator/kinds.ts';
import { Metrics } from '../../src/operator/runtime/metrics.ts';
import { Reflector } from '../../src/operator/runtime/reflector.ts';
import type { Place } from './contenders/contenders.ts';

const GREETING: Kind = { apiVersion: 'bench.tidegate.dev/v1', kind: 'Greeting', plural: 'greetings' };

/** The custom resource that the operators of the comparison reconcile. */
export const GREETINGS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'greetings.bench.tidegate.dev' },
  spec: {
    group: 'bench.tidegate.dev',
    names: { kind: 'Greeting', listKind: 'GreetingList', plural: 'greetings', singular: 'greeting' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
              // kopf keeps what it knows in it.
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

/** Creates greetings, and sees when an operator has applied them: it says so in their status, last of all. */
export class Greetings {
  readonly #client: ApiClient;
  readonly #path: string;
  readonly #applied = new Map<string, PromiseWithResolvers<number>>();
  readonly #watching = new AbortController();

  private constructor(client: ApiClient, namespace: string) {
    this.#client = client;
    this.#path = pathOf(GREETING, namespace);
  }

  static async in({ kubeconfig, namespace }: Place): Promise<Greetings> {
    const client = new ApiClient(await connect({ kubeconfig }));
    const greetings = new Greetings(client, namespace);
    const common = { client, namespace, log: pino({ level: 'silent' }), metrics: new Metrics() };
    const seen = new Reflector({ ...common, kind: GREETING });
    seen.store.onChange(({ object }) => greetings.#saw(object));
    void seen.run(greetings.#watching.signal);
    await seen.ready;
    return greetings;
  }

  /** Creates one. @returns milliseconds until it is applied */
  async create(name: string): Promise<number> {
    const applied = Promise.withResolvers<number>();
    this.#applied.set(name, applied);
    const { apiVersion, kind } = GREETING;
    const body = { apiVersion, kind, metadata: { name }, spec: { text: `Hello from ${name}` } };
    const started = performance.now();
    await this.#client.json({ method: 'POST', path: this.#path, body });
    return (await applied.promise) - started;
  }

  close(): void {
    this.#watching.abort();
    this.#client.close();
  }

  #saw({ metadata, status }: KubeObject): void {
    const { observedGeneration } = (status ?? {}) as { observedGeneration?: number };
    if (observedGeneration === metadata.generation)
      this.#applied.get(metadata.name)?.resolve(performance.now());
  }
}
