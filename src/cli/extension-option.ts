import { type Command, Option } from 'commander';
import type { ExtensionChoice } from '../delivery/extension-file.ts';

/** What `--config` and `--no-config` say. */
export interface ExtensionOption {
  readonly config?: ExtensionChoice;
}

/** Lets a command that reads specs be told of their extension; it finds one by itself otherwise. */
export function withExtension(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--config <file>',
        'extension; by default tidegate.config.ts beside the specs (here, if there are none) or above in the Git work tree',
      ),
    )
    .addOption(new Option('--no-config', 'use no extension'));
}
