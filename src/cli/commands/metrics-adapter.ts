import { type ConnectOptions, connect } from '../../delivery/cluster/index.ts';
import { type AdapterOptions, runMetricsAdapter } from '../../operator/index.ts';

/** `tidegate metrics-adapter`. */
export async function metricsAdapter(options: ConnectOptions & AdapterOptions): Promise<void> {
  process.exitCode = await runMetricsAdapter(await connect(options), options);
}
