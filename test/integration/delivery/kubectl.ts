import { command } from '../../cluster/command.ts';
import { toolPath } from '../../cluster/tools/tool-path.ts';

/** kubectl against one cluster. */
export async function kubectlFor(kubeconfig: string) {
  const program = await toolPath('kubectl');
  return (args: readonly string[], input?: string) =>
    command(program, ['--kubeconfig', kubeconfig, ...args], input === undefined ? {} : { input });
}
