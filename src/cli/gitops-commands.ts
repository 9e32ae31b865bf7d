import { type Command, Option } from 'commander';

/** Commands of the GitOps front door that come after `synth`. */
export function addGitOpsCommands(tidegate: Command): void {
  tidegate
    .command('diff')
    .description(
      'show what an apply from Git would change in a cluster, field by field; exits 0 without a difference, 1 with one, 2 on an error',
    )
    .argument('<files...>', 'environment specs, or directories of them')
    .option('--kubeconfig <file>', 'kubeconfig to use instead of the default one')
    .option('--context <name>', 'context of the kubeconfig')
    .option(
      '--field-manager <name>',
      'who applies the objects; by default whoever applied each of them last, else kubectl',
    )
    .addOption(
      new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .action(async (files, options) => (await import('./commands/diff.ts')).diff(files, options));
}
