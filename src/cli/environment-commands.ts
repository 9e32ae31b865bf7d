import { type Command, Option } from 'commander';

const output = () =>
  new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text');

/** Commands for the person at the keyboard: from the first spec of an environment to its end. */
export function addEnvironmentCommands(tidegate: Command): void {
  tidegate
    .command('explain')
    .description('tell of a field of the spec: its meaning, type, default and rules, and the fields in it')
    .argument('[field]', 'path of the field, such as spec.autoscaling.min; the whole document by default', '')
    .option('-r, --recursive', 'all fields beneath it', false)
    .addOption(output())
    .action(async (field, options) => (await import('./commands/explain.ts')).explain(field, options));
}
