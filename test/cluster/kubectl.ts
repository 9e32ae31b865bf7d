import { command } from './command.ts';
import { toolPath } from './tools/tool-path.ts';

/** kubectl against one cluster. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

export async function kubectlFor(kubeconfig: string): Promise<Kubectl> {
  const program = await toolPath('kubectl');
  return (args, input) =>
    command(program, ['--kubeconfig', kubeconfig, ...args], input === undefined ? {} : { input });
}
