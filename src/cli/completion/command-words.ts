import type { Command } from 'commander';

/** What may follow a command: `tidegate operator` with `run` and its options. */
export interface CommandWords {
  /** The words typed so far, without the program's name; empty for the program itself. */
  readonly command: string;
  readonly words: readonly string[];
}

/** Every command with its subcommands and long options, read from the definition of the command line. */
export function commandWords(program: Command, typed: readonly string[] = []): readonly CommandWords[] {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== 'help');
  const options = help.visibleOptions(program).flatMap(({ long }) => long ?? []);
  return [
    { command: typed.join(' '), words: [...commands.map((command) => command.name()), ...options] },
    ...commands.flatMap((command) => commandWords(command, [...typed, command.name()])),
  ];
}
