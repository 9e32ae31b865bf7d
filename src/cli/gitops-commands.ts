import { type Command, Option } from 'commander';
import { withExtension } from './extension-option.ts';

/** Commands of the GitOps front door that come after `synth`. */
export function addGitOpsCommands(tidegate: Command): void {
  withExtension(tidegate.command('diff'))
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
    .option(
      '--prune',
      'show objects too that are no longer in the spec, which Argo CD and Flux delete',
      false,
    )
    .addOption(
      new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .action(async (files, options) => (await import('./commands/diff.ts')).diff(files, options));

  tidegate
    .command('promote')
    .description(
      'have one environment run the version of another: changes tag and digest in its file, and shows how',
    )
    .argument('<from>', 'environment whose version is taken: its name, or the path of its file')
    .argument('<to>', 'environment whose file is changed')
    .option('--environments <directory>', 'where names are looked for', 'environments')
    .option('--dry-run', 'show the change, and write nothing', false)
    .addOption(new Option('--commit', 'commit the file, and it alone').default(false).conflicts('dryRun'))
    .action(async (from, to, options) => (await import('./commands/promote.ts')).promote(from, to, options));
}
