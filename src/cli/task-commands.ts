import { type Command, Option } from 'commander';
import { integer } from './options.ts';

/** `tidegate tasks …` */
export function addTaskCommands(tidegate: Command): void {
  const tasks = tidegate.command('tasks').description('the jobs that Redis holds, of any application');
  const tasksCommand = (name: string, description: string) =>
    tasks
      .command(name)
      .description(description)
      .option('--settings <file>', 'settings as YAML or JSON (TIDEGATE_SETTINGS_FILE)')
      .option('--task <name>', 'this task alone; all by default');
  const output = () =>
    new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text');
  tasksCommand('counts', 'show how the jobs of each task stand')
    .addOption(output())
    .action(async (options) => (await import('./commands/tasks.ts')).tasksCounts(options));
  tasksCommand('dead', 'list dead letters, the newest first; JSON holds their inputs')
    .option('--limit <number>', 'how many at the most', integer(1, 1_000_000), 100)
    .addOption(output())
    .action(async (options) => (await import('./commands/tasks.ts')).tasksDead(options));
  tasksCommand('retry', 'give dead letters all their attempts again')
    .argument('[ids...]', 'ids of dead letters')
    .option('--all', 'all that are dead now')
    .action(async (ids, options) => (await import('./commands/tasks.ts')).tasksRetry(ids, options));
}
