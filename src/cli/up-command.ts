import { type Command, Option } from 'commander';
import { withExtension } from './extension-option.ts';
import { seconds } from './options.ts';

/** `tidegate up`, the front door of whoever applies an environment by hand. */
export function addUpCommand(tidegate: Command): void {
  withExtension(tidegate.command('up'))
    .description(
      'bring an environment to what its spec says and wait until it is ready; exits 0 when it is, 1 when it failed or is not in time, 2 when nothing was begun',
    )
    .argument('[paths...]', 'environment specs, or directories of them', ['environments'])
    .option('-e, --environment <name>', 'which of them: a name, or namespace/name; not needed for one alone')
    .option('--kubeconfig <file>', 'kubeconfig to use instead of the default one')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--create-namespace', 'create its namespace where it is missing', false)
    .addOption(new Option('--prune', 'delete objects that are no longer in the spec').default(true))
    .option('--no-prune', 'leave them')
    .addOption(new Option('--wait', 'wait until it is ready').default(true))
    .option('--no-wait', 'end when everything is applied')
    .option('--timeout <time>', 'how long to wait, such as 90s, 10m or 1h', seconds, 600)
    .addOption(new Option('--dry-run', 'tell what would change, and change nothing').default(false))
    .option('-y, --yes', 'do not ask before data is deleted', false)
    .addOption(
      new Option('-o, --output <format>', 'form of the answer; json is a line for each event')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action(async (paths, options) => (await import('./commands/up.ts')).up(paths, options));
}
