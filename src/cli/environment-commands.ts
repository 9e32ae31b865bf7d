import { Argument, type Command, Option } from 'commander';
import { SECRET_ROLES } from '../spec/index.ts';
import { withExtension } from './extension-option.ts';
import { integer, seconds } from './options.ts';
import { addUpCommand } from './up-command.ts';

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

  tidegate
    .command('init')
    .description('write a first spec with comments, after a few questions')
    .argument('[file]', 'file to write, - for standard output; environments/<name>.yaml by default')
    .option('--host <name>', 'host name clients connect to')
    .option('--name <name>', 'name of the environment; the first part of the host by default')
    .option('-n, --namespace <name>', 'namespace of its objects; its name by default')
    .addOption(new Option('--ingress <class>', 'class of the Ingress that is its route').conflicts('gateway'))
    .option('--gateway <name>', 'Gateway that is its route, as name or namespace/name')
    .option('--redis <where>', 'standalone, none, or the host of one that exists, with or without :port')
    .option('--postgres <where>', 'standalone, or the host of one that exists, with or without :port')
    .option('-y, --yes', 'ask nothing; what is not given has its default', false)
    .option('--force', 'write over a file that is there', false)
    .action(async (file, options) => (await import('./commands/init.ts')).init(file, options));

  withExtension(withCluster(tidegate.command('doctor')))
    .description(
      'tell what a cluster lacks for environments, with a remedy each; exits 1 when they cannot do without it',
    )
    .argument('[files...]', 'environment specs, or directories of them', ['environments'])
    .option('-a, --all', 'tell of what is there as well', false)
    .addOption(output())
    .action(async (files, options) => (await import('./commands/doctor.ts')).doctor(files, options));

  addUpCommand(tidegate);

  tidegate
    .command('connect')
    .description('connect to a WebSocket: send the lines of standard input, print what comes')
    .argument('<url>', 'address, such as wss://chat.example.com/ws')
    .addOption(
      new Option(
        '--token <token>',
        'token, sent as the parameter token; others on this machine can see it',
      ).conflicts('tokenFile'),
    )
    .option('--token-file <file>', 'file that holds the token')
    .option('--protocol <name...>', 'subprotocols to offer, the preferred one first')
    .option('--reconnect', 'connect again when the connection is lost', false)
    .option(
      '--wait <seconds>',
      'how long to wait for answers when standard input has ended',
      integer(0, 86_400),
      1,
    )
    .addOption(output())
    .action(async (url, options) => (await import('./commands/connect.ts')).connectCommand(url, options));

  inNamespace(tidegate.command('status'))
    .description('show how an environment does, or all of them; exits 1 unless ready')
    .argument('[name]', 'name of the environment; all by default')
    .option('-A, --all-namespaces', 'those of all namespaces, where no name is given', false)
    .addOption(output())
    .action(async (name, options) => (await import('./commands/status.ts')).status(name, options));

  inNamespace(tidegate.command('logs'))
    .description('print what the pods of an environment write')
    .argument('<name>', 'name of the environment')
    .option('--component <name>', 'server, worker, redis, postgres, migration or backup', 'server')
    .option('-c, --container <name>', 'container of the pods; the first by default')
    .option('-f, --follow', 'go on with what comes, of pods that come later too', false)
    .option('-p, --previous', 'what the containers wrote before they were started again', false)
    .option('--tail <lines>', 'last lines to begin with; all by default', integer(0, 1_000_000_000))
    .option('--since <seconds>', 'seconds to go back; all by default', integer(1, 1_000_000_000))
    .action(async (name, options) => (await import('./commands/logs.ts')).logs(name, options));

  inNamespace(tidegate.command('wake'))
    .description('bring an environment back that fell asleep by its lifecycle.hibernate')
    .argument('<name>', 'name of the environment')
    .action(async (name, options) => (await import('./commands/wake.ts')).wake(name, options));

  inNamespace(tidegate.command('rotate'))
    .description('have the operator put new credentials in the place of those that rotate, with an overlap')
    .argument('<name>', 'name of the environment')
    .addArgument(
      new Argument('[role]', 'one of its credentials; all that rotate by default').choices(SECRET_ROLES),
    )
    .action(async (name, role, options) =>
      (await import('./commands/rotate.ts')).rotate(name, role, options),
    );

  withExtension(inNamespace(tidegate.command('delete')))
    .description(
      'delete an environment, after it has said what goes and what stays, and wait until it is gone',
    )
    .argument('<name>', 'name of the environment')
    .option('-y, --yes', 'do not ask', false)
    .addOption(new Option('--wait', 'wait until everything that goes is gone').default(true))
    .option('--no-wait', 'end when everything is deleted')
    .option('--timeout <time>', 'how long to wait, such as 90s, 10m or 1h', seconds, 600)
    .action(async (name, options) => (await import('./commands/delete.ts')).deleteCommand(name, options));

  tidegate
    .command('completion')
    .description('print the script that makes a shell complete commands and options')
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(['bash', 'zsh', 'fish']))
    .action(async (shell) => (await import('./commands/completion.ts')).completion(tidegate, shell));
}

function withCluster(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig to use instead of the default one')
    .option('--context <name>', 'context of the kubeconfig');
}

function inNamespace(command: Command): Command {
  return withCluster(command).option(
    '-n, --namespace <name>',
    'its namespace; that of the context by default',
  );
}
