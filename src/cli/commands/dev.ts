import { relative } from 'node:path';
import { render } from '../../constructs/index.ts';
import { readExtended } from '../../delivery/extension-file.ts';
import { writeEnvironments } from '../../delivery/gitops/index.ts';
import { loadSettings, openLog, runUntilStopped, startServer } from '../../server/index.ts';
import { type Environment, TidegateError } from '../../spec/index.ts';
import type { ExtensionOption } from '../extension-option.ts';
import { tree } from '../tree.ts';

interface DevOptions extends ExtensionOption {
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly out: string;
}

/** `tidegate dev`: checks a spec, writes its objects, and runs its server here with embedded stores until stopped. */
export async function dev(file: string, options: DevOptions): Promise<void> {
  const { environments, extension } = await readExtended([file], options.config);
  const environment = only(environments, file);
  const objects = render(environment, extension);
  const [folder = options.out] = writeEnvironments(options.out, [environment], extension);
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

function only(environments: readonly Environment[], file: string): Environment {
  const [environment] = environments;
  if (environment !== undefined && environments.length === 1) return environment;
  throw TidegateError.of(
    'TG1004',
    file,
    `One environment can run here, and there are ${environments.length}`,
  );
}
