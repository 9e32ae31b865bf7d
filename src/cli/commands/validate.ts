import { readEnvironments } from '../../delivery/environment-files.ts';

/** `tidegate validate`: says of each file that it is right, or fails with everything that is wrong. */
export function validate(paths: readonly string[], options: { output: string }): void {
  const environments = readEnvironments(paths);
  if (options.output === 'json') {
    console.log(
      JSON.stringify({ errors: [], environments: environments.map(({ metadata }) => metadata) }, null, 2),
    );
    return;
  }
  for (const { metadata } of environments) console.log(`${metadata.namespace}/${metadata.name} is right`);
}
