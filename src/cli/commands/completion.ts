import type { Command } from 'commander';
import { commandWords } from '../completion/command-words.ts';
import { completionScript, type Shell } from '../completion/scripts.ts';

/** `tidegate completion`: prints what a shell must read to complete commands and options. */
export function completion(program: Command, shell: Shell): void {
  process.stdout.write(completionScript(shell, commandWords(program)));
}
