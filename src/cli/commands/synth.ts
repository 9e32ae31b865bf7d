import { readEnvironments } from '../../delivery/environment-files.ts';
import { writeEnvironments } from '../../delivery/gitops/index.ts';

/** `tidegate synth`: writes a folder an environment, and says where. */
export function synth(paths: readonly string[], options: { out: string }): void {
  for (const folder of writeEnvironments(options.out, readEnvironments(paths))) console.log(folder);
}
