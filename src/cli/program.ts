import { Command, Option } from 'commander';
import { API_KEY_SCOPES, LOG_LEVELS, MOST_WORKERS, VERSION } from '../spec/index.ts';
import { addBackupCommands } from './backup-commands.ts';
import { addEnvironmentCommands } from './environment-commands.ts';
import { withExtension } from './extension-option.ts';
import { addGitOpsCommands } from './gitops-commands.ts';
import { integer, names, port } from './options.ts';
import { addOwnershipCommands } from './ownership-commands.ts';
import { proxyOptions } from './proxy-options.ts';
import { EXIT } from './report.ts';
import { addTaskCommands } from './task-commands.ts';

/**
 * The command line. Each command's module is loaded only when it is called: checking a spec must not wait for a server
 * or a Kubernetes client to be imported.
 */
export function program(): Command {
  const tidegate = new Command('tidegate')
    .description('Realtime (WebSocket) environments on Kubernetes')
    .version(VERSION)
    .showHelpAfterError('(tidegate --help lists the commands)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage));

  withExtension(tidegate.command('dev'))
    .description('render an environment, then run it on this machine with embedded stores')
    .argument('[file]', 'environment spec', 'environments/dev.yaml')
    .addOption(
      new Option('--host <address>', 'address to listen on').default('127.0.0.1').env('TIDEGATE_HOST'),
    )
    .addOption(
      new Option('--port <number>', 'port to listen on').default(8000).env('TIDEGATE_PORT').argParser(port),
    )
    .option('--data <directory>', 'where the embedded database keeps its data', '.tidegate')
    .option('--out <directory>', 'where the Kubernetes objects are written', 'dist/environments')
    .action(async (file, options) => (await import('./commands/dev.ts')).dev(file, options));

  tidegate
    .command('serve')
    .description("run the realtime server, with a team's own endpoints when it is given their module")
    .argument('[app]', 'ES module, in TypeScript or JavaScript, whose default export defines the endpoints')
    .option('--settings <file>', 'settings as YAML or JSON (TIDEGATE_SETTINGS_FILE)')
    .option('--host <address>', 'address to listen on (TIDEGATE_HOST)')
    .option('--port <number>', 'port to listen on (TIDEGATE_PORT)', port)
    .addOption(
      new Option('--log-level <level>', 'least level that is logged (TIDEGATE_LOG_LEVEL)').choices(
        LOG_LEVELS,
      ),
    )
    .option('--access-log', 'log each request and each WebSocket that ends (TIDEGATE_LOGGING_ACCESS)')
    .option(
      '--timeout <seconds>',
      'from the stop signal to the end (TIDEGATE_DRAIN_TIMEOUT_SECONDS)',
      integer(0, 86_400),
    )
    .option(
      '--workers <number>',
      'processes that serve the port, or auto for one a processor (TIDEGATE_WORKERS_COUNT)',
      (text) => (text === 'auto' ? text : integer(1, MOST_WORKERS)(text)),
    )
    .addOption(
      new Option(
        '--reload',
        'serve anew when a file of the application or the settings changes; for development',
      ).conflicts('workers'),
    )
    .option(
      '--worker-timeout <seconds>',
      'how long a worker may be stuck until it is replaced (TIDEGATE_WORKERS_TIMEOUT_SECONDS)',
      integer(1, 3_600),
    )
    .action(async (app, options) => (await import('./commands/serve.ts')).serveCommand(app, options));

  tidegate
    .command('workers')
    .description('the processes of a server with several workers')
    .command('status')
    .description('show the workers behind a port of this machine')
    .option('--port <number>', 'port of the server (TIDEGATE_PORT)', port)
    .addOption(
      new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .action(async (options) => (await import('./commands/workers.ts')).workersStatus(options));

  tidegate
    .command('worker')
    .description('run the tasks of an application, and serve no clients')
    .argument('<app>', 'ES module, in TypeScript or JavaScript, whose default export defines the tasks')
    .option('--settings <file>', 'settings as YAML or JSON (TIDEGATE_SETTINGS_FILE)')
    .option('--tasks <names>', 'tasks to run, separated by commas; all by default', names)
    .option(
      '--concurrency <number>',
      'jobs of each task that run at once (TIDEGATE_TASKS_CONCURRENCY)',
      integer(1, 1_000),
    )
    .option('--host <address>', 'address of the health port (TIDEGATE_HOST)')
    .option('--health-port <number>', 'port of /healthz, /readyz and /metrics', port, 8080)
    .option(
      '--timeout <seconds>',
      'from the stop signal to the end (TIDEGATE_DRAIN_TIMEOUT_SECONDS)',
      integer(0, 86_400),
    )
    .action(async (app, options) => (await import('./commands/worker.ts')).workerCommand(app, options));

  tidegate
    .command('migrate')
    .description("run a command that changes the server's database, once for each id and one at a time")
    .argument('<command...>', 'program and its arguments, after --')
    .requiredOption('--id <id>', 'stands for what the command does; one that has succeeded is not run again')
    .option('--settings <file>', 'settings as YAML or JSON (TIDEGATE_SETTINGS_FILE)')
    .action(async (command, options) => (await import('./commands/migrate.ts')).migrate(command, options));

  addTaskCommands(tidegate);
  addBackupCommands(tidegate);

  tidegate
    .command('settings')
    .description('show every setting of the server with its value, but of secrets, and where that comes from')
    .option('--settings <file>', 'settings as YAML or JSON (TIDEGATE_SETTINGS_FILE)')
    .addOption(
      new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .action(async (options) => (await import('./commands/settings.ts')).settingsCommand(options));

  withExtension(tidegate.command('validate'))
    .description('check environment specs')
    .argument('<files...>', 'environment specs, or directories of them')
    .addOption(
      new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .action(async (files, options) => (await import('./commands/validate.ts')).validate(files, options));

  addEnvironmentCommands(tidegate);
  addGitOpsCommands(tidegate);
  addOwnershipCommands(tidegate);

  withExtension(tidegate.command('synth'))
    .description('write the Kubernetes objects of environments, a folder each, for a GitOps repository')
    .argument('[files...]', 'environment specs, or directories of them', ['environments'])
    .addOption(
      new Option('--out <directory>', 'output directory').default('dist/environments').env('CDK8S_OUTDIR'),
    )
    .option('--argo-cd <repository>', 'write an Application of Argo CD each; URL of the Git repository')
    .option(
      '--flux <source>',
      'write a Kustomization of Flux each; name of the GitRepository, as flux-system',
    )
    .option(
      '--repository-path <directory>',
      'place of the output directory in the Git repository; its own in its work tree by default',
    )
    .action(async (files, options) => (await import('./commands/synth.ts')).synth(files, options));

  tidegate
    .command('secrets')
    .description('credentials of environments')
    .command('ensure')
    .description("create an environment's generated Secrets where they are missing; never overwrites one")
    .argument('<file>', 'environment spec')
    .option('--kubeconfig <file>', 'kubeconfig to use instead of the default one')
    .option('--context <name>', 'context of the kubeconfig')
    .action(async (file, options) => (await import('./commands/secrets.ts')).ensure(file, options));

  tidegate
    .command('token')
    .description('sign a token for /secure/ws with the key in TIDEGATE_AUTH_TOKEN_KEY or its _FILE')
    .requiredOption('--user <name>', 'whom the token speaks for')
    .option('--seconds <number>', 'how long it is good for', integer(1, 31_536_000), 3600)
    .action(async (options) => (await import('./commands/token.ts')).token(options));

  tidegate
    .command('api-key')
    .description('make an API key, and the entry for auth.apiKeys that lets it in')
    .argument('<name>', 'whose key it is; with the scope user, the user that it stands for')
    .addOption(
      new Option('--scope <scope>', 'api calls the server API, user stands for a user')
        .choices(API_KEY_SCOPES)
        .default('api'),
    )
    .addOption(
      new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .action(async (name, options) => (await import('./commands/api-key.ts')).apiKeyCommand(name, options));

  const nginx = tidegate
    .command('proxy-config')
    .description('configuration of a proxy in front of servers, for machines without Kubernetes')
    .command('nginx')
    .description('print a complete nginx.conf; timeouts follow from the settings of the servers');
  for (const option of proxyOptions()) nginx.addOption(option);
  nginx
    .option('--settings <file>', 'settings of the servers as YAML or JSON (TIDEGATE_SETTINGS_FILE)')
    .option('--out <file>', 'file to write instead of standard output')
    .action(async (options) => (await import('./commands/proxy-config.ts')).nginx(options));

  const operator = tidegate.command('operator').description('the operator');
  operator
    .command('run')
    .description('reconcile RealtimeEnvironments until stopped')
    .option('--config <file>', 'extension of the environments, such as a tidegate.config.ts; none by default')
    .option('--kubeconfig <file>', 'kubeconfig; the service account by default when in a pod')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--namespace <name>', "namespace of the lease; the pod's own by default")
    .option('--watch-namespace <name>', 'watch one namespace instead of all')
    .option('--health-port <number>', 'port of /healthz, /readyz and /metrics', port, 8080)
    .action(async (options) => (await import('./commands/operator.ts')).operator(options));
  operator
    .command('values')
    .description("print the chart's values for an operator whose image holds an extension")
    .requiredOption('--config <file>', 'the extension; in the image it is in the working directory')
    .action(async (options) => (await import('./commands/operator-values.ts')).operatorValues(options));

  tidegate
    .command('metrics-adapter')
    .description('serve the connections of servers to autoscalers as custom metrics, until stopped')
    .option('--kubeconfig <file>', 'kubeconfig; the service account by default when in a pod')
    .option('--context <name>', 'context of the kubeconfig')
    .option(
      '--name <name>',
      'name of its Service, its Secret and its ClusterRole',
      'tidegate-metrics-adapter',
    )
    .option('--namespace <name>', "namespace of its Service and its Secret; the pod's own by default")
    .option('--service-port <number>', 'port of its Service', port, 443)
    .option('--port <number>', 'port that the Service leads to', port, 6443)
    .option('--health-port <number>', 'port of /healthz, /readyz and /metrics', port, 8080)
    .action(async (options) => (await import('./commands/metrics-adapter.ts')).metricsAdapter(options));

  tidegate
    .command('generate', { hidden: true })
    .description('write the CRD, schemas, chart files and reference pages that derive from the source')
    .option('--check', 'write nothing; fail when a file would change', false)
    .action(async (options) => (await import('./commands/generate.ts')).generate(options));

  return tidegate;
}
