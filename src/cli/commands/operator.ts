import { runOperator } from '../../operator/index.ts';

/** `tidegate operator run`. */
export async function operator(options: {
  kubeconfig?: string;
  namespace?: string;
  watchNamespace?: string;
  healthPort: number;
}): Promise<void> {
  process.exitCode = await runOperator(options);
}
