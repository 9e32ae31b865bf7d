import { readExtended } from '../../delivery/extension-file.ts';
import type { ExtensionOption } from '../extension-option.ts';

interface ValidateOptions extends ExtensionOption {
  readonly output: 'text' | 'json';
}

/** `tidegate validate`: says of each file that it is right, or fails with everything that is wrong. */
export async function validate(paths: readonly string[], options: ValidateOptions): Promise<void> {
  const { environments, extension } = await readExtended(paths, options.config);
  if (extension !== undefined) {
    // It may find in a tree what it does not find in a spec.
    const { render } = await import('../../constructs/index.ts');
    for (const environment of environments) render(environment, extension);
  }
  if (options.output === 'json') {
    console.log(
      JSON.stringify({ errors: [], environments: environments.map(({ metadata }) => metadata) }, null, 2),
    );
    return;
  }
  for (const { metadata } of environments) console.log(`${metadata.namespace}/${metadata.name} is right`);
}
