import { type ConnectOptions, connect } from '../../delivery/cluster/index.ts';
import { loadExtension } from '../../delivery/extension-file.ts';
import { type OperatorOptions, runOperator } from '../../operator/index.ts';

interface RunOptions extends ConnectOptions, Omit<OperatorOptions, 'extension'> {
  readonly config?: string;
}

/** `tidegate operator run`. */
export async function operator({ config, ...options }: RunOptions): Promise<void> {
  // Before the cluster: an operator that cannot have its extension would prune what that adds.
  const extension = config === undefined ? {} : await loadExtension(config);
  process.exitCode = await runOperator(await connect(options), { ...options, extension });
}
