import { relative } from 'node:path';
import { render } from '../../constructs/index.ts';
import { readEnvironments } from '../../delivery/environment-files.ts';
import { writeEnvironments } from '../../delivery/gitops/index.ts';
import { loadSettings, openLog, runUntilStopped, startServer } from '../../server/index.ts';
import { type Environment, TidegateError } from '../../spec/index.ts';
import { tree } from '../tree.ts';

interface DevOptions {
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly out: string;
}

/** `tidegate dev`: checks a spec, writes its objects, and runs its server here with embedded stores until stopped. */
export async function dev(file: string, options: DevOptions): Promise<void> {
  const environment = onlyEnvironment(file);
  const objects = render(environment);
  const [folder = options.out] = writeEnvironments(options.out, [environment]);
  const { name, namespace } = environment.metadata;
  console.log(tree(`${namespace}/${name}`, objects));
  console.log(`${objects.length} objects written to ${relative('.', folder)}\n`);

  const settings = loadSettings({
    base: { source: file, settings: environment.spec.server.settings },
    directory: process.cwd(),
    env: process.env,
    overrides: {
      source: 'the options',
      settings: {
        app: { environment: 'development' },
        logging: { pretty: true },
        host: options.host,
        dataDirectory: options.data,
      },
    },
  });
  const log = openLog(settings);
  await runUntilStopped(async () => {
    const server = await startServer({ ...settings, port: options.port }, { log });
    await server.whenReady();
    console.log(`\nOpen ${server.address.url}/ in two browser tabs; Ctrl+C stops\n`);
    return server;
  });
  process.exit(0);
}

function onlyEnvironment(file: string): Environment {
  const environments = readEnvironments([file]);
  const [environment] = environments;
  if (environment !== undefined && environments.length === 1) return environment;
  throw TidegateError.of(
    'TG1004',
    file,
    `One environment can run here, and there are ${environments.length}`,
  );
}
