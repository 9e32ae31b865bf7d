import { type Command, Option } from 'commander';
import { integer } from './options.ts';

/** `tidegate backup …` */
export function addBackupCommands(tidegate: Command): void {
  const backup = tidegate
    .command('backup')
    .description(
      'dumps of Postgres in an object store; the access key is in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  const storeCommand = (name: string, description: string) =>
    backup
      .command(name)
      .description(description)
      .requiredOption('--endpoint <url>', 'URL of the object store')
      .requiredOption('--bucket <name>', 'bucket')
      .requiredOption('--prefix <path>', 'path in the bucket that the dumps are under')
      .option('--region <name>', 'region that requests are signed for', 'us-east-1');
  storeCommand('upload', 'upload a dump of pg_dump, with its checksum')
    .argument('<file>', 'the dump')
    .option('--keep <number>', 'dumps that are kept; all by default', integer(1, 1_000))
    .action(async (file, options) => (await import('./commands/backup.ts')).upload(file, options));
  storeCommand('list', 'list the dumps, the newest first')
    .addOption(
      new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .action(async (options) => (await import('./commands/backup.ts')).list(options));
  storeCommand('download', 'download a dump and check it')
    .argument('<file>', 'where to')
    .option('--dump <name>', 'name of the dump; the newest by default')
    .action(async (file, options) => (await import('./commands/backup.ts')).download(file, options));
  backup
    .command('restore-job')
    .description('print a Job that puts a dump in the place of the database, for kubectl create')
    .argument('<file>', 'environment spec')
    .option('--dump <name>', 'name of the dump; the newest by default')
    .action(async (file, options) => (await import('./commands/backup.ts')).printRestoreJob(file, options));
}
