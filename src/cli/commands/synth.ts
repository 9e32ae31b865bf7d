import { readExtended } from '../../delivery/extension-file.ts';
import {
  type ControllerOptions,
  withKeptImage,
  writeControllers,
  writeEnvironments,
} from '../../delivery/gitops/index.ts';
import { type Environment, imageOf } from '../../spec/index.ts';
import type { ExtensionOption } from '../extension-option.ts';

interface SynthOptions extends ControllerOptions, ExtensionOption {
  readonly out: string;
}

/** `tidegate synth`: writes a folder an environment, and what GitOps controllers are told of them; says where. */
export async function synth(paths: readonly string[], options: SynthOptions): Promise<void> {
  const { environments: read, extension } = await readExtended(paths, options.config);
  const environments = read.map((environment) => kept(options.out, environment));
  for (const folder of writeEnvironments(options.out, environments, extension)) console.log(folder);
  for (const folder of writeControllers(options.out, environments, options)) console.log(folder);
}

/** Says when an environment runs another image than a new one would: nothing else tells that there is a newer one. */
function kept(out: string, environment: Environment): Environment {
  const same = withKeptImage(out, environment);
  const { image } = same.spec.server;
  const bundled = imageOf(environment.spec.server);
  if (environment.spec.server.image === undefined && image !== bundled) {
    const { name } = environment.metadata;
    console.error(`${name} keeps ${image}; set spec.server.image for another, such as ${bundled}`);
  }
  return same;
}
