import type { Logger } from 'pino';
import { Gauge } from 'prom-client';
import type { Api } from '../api/api-client.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { EventRecorder } from '../environment/event-recorder.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Store } from '../runtime/store.ts';
import { ownOf, register, rivalOf, type ServiceReference, withdraw } from './registration.ts';

export interface RegistrarOptions {
  readonly api: Api;
  readonly apiServices: Store;
  readonly service: ServiceReference;
  readonly events: EventRecorder;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Is registered for custom metrics unless somebody else is, and says so. */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #registered: Gauge;
  /** Name of the registration that it stepped aside for. */
  #rival: string | undefined;

  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#registered = new Gauge({
      name: 'tidegate_metrics_adapter_registered',
      help: 'Whether the API server asks this adapter for custom metrics; 0 when another serves them',
      registers: [options.metrics.registry],
    });
  }

  /** @param certificate of the authority that the API server is to trust */
  async settle(certificate: string): Promise<void> {
    const { api, apiServices, service, log } = this.#options;
    const rival = rivalOf(apiServices.values(), service);
    const own = ownOf(apiServices.values(), service);
    if (rival !== undefined) {
      if (own !== undefined) await withdraw(api, own);
      this.#registered.set(0);
      if (this.#rival !== rival.metadata.name) await this.#tell(rival);
      this.#rival = rival.metadata.name;
      return;
    }
    const did = await register(api, own, service, certificate);
    this.#rival = undefined;
    this.#registered.set(1);
    if (did === 'registered') log.info({ service }, 'Registered for custom metrics');
  }

  async #tell(rival: KubeObject): Promise<void> {
    const { api, events, log } = this.#options;
    const note = `Stepped aside for APIService ${rival.metadata.name}, whose server is asked for custom metrics`;
    await events.record(
      api,
      rival,
      { type: 'Warning', reason: 'SteppedAside', action: 'Withdraw', note },
      log,
    );
  }
}
