import { readEnvironments } from '../../delivery/environment-files.ts';
import { type ControllerOptions, writeControllers, writeEnvironments } from '../../delivery/gitops/index.ts';

/** `tidegate synth`: writes a folder an environment, and what GitOps controllers are told of them; says where. */
export function synth(paths: readonly string[], options: ControllerOptions & { readonly out: string }): void {
  const environments = readEnvironments(paths);
  for (const folder of writeEnvironments(options.out, environments)) console.log(folder);
  for (const folder of writeControllers(options.out, environments, options)) console.log(folder);
}
