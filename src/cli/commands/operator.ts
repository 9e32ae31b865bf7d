import { type ConnectOptions, connect } from '../../delivery/cluster/index.ts';
import { type OperatorOptions, runOperator } from '../../operator/index.ts';

/** `tidegate operator run`. */
export async function operator(options: ConnectOptions & OperatorOptions): Promise<void> {
  process.exitCode = await runOperator(await connect(options), options);
}
