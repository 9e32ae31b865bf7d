import { type Command, Option } from 'commander';
import { FRONT_DOORS } from '../constructs/index.ts';
import { withExtension } from './extension-option.ts';

/** Commands about who delivers an environment. */
export function addOwnershipCommands(tidegate: Command): void {
  withExtension(tidegate.command('adopt'))
    .description("move an environment's objects in a cluster to another front door; no pod restarts")
    .argument('<file>', 'environment spec, as the objects were delivered from')
    .addOption(
      new Option('--to <front door>', 'who delivers them from now on')
        .choices([...FRONT_DOORS])
        .makeOptionMandatory(),
    )
    .option('--kubeconfig <file>', 'kubeconfig to use instead of the default one')
    .option('--context <name>', 'context of the kubeconfig')
    .addOption(
      new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .action(async (file, options) => (await import('./commands/adopt.ts')).adoptCommand(file, options));
}
