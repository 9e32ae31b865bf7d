import { command } from './command.ts';
import { toolPath } from './tools/tool-path.ts';

/** kubectl against one cluster. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

export async function kubectlFor(kubeconfig: string): Promise<Kubectl> {
  const program = await toolPath('kubectl');
  return (args, input) =>
    command(program, ['--kubeconfig', kubeconfig, ...args], input === undefined ? {} : { input });
}

/**
 * Arguments to apply objects that are known to be right: without validation kubectl need not fetch the whole OpenAPI
 * document first, which a young API server takes seconds to write.
 */
export const APPLY: readonly string[] = ['apply', '--server-side', '--force-conflicts', '--validate=false'];
