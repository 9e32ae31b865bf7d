import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../../cluster/tools/tool-path.ts';

/** A project, run by the real CLI against one cluster, with its state in a directory of its own. */
export interface PulumiProject {
  /** Directory of the project; the CLI writes stack files there, and a test its environments. */
  readonly directory: string;
  /** The plugin by which programs in other languages have the component. */
  readonly plugin: string;
  /** Directory of the backend's files. */
  readonly state: string;
  /** Runs `pulumi` with these arguments and returns what it printed; an error tells that as well. */
  pulumi(...args: readonly string[]): Promise<string>;
  remove(): void;
}

const ROOT = resolve(import.meta.dirname, '../../..');

/**
 * The checkout's Pulumi.yaml in a directory that the CLI may write stack files to, with its own program or the one given.
 * The CLI takes the language host and the provider from the path instead of downloading them.
 */
export async function pulumiProject(kubeconfig: string, program?: string): Promise<PulumiProject> {
  const pulumi = await toolPath('pulumi');
  const plugins = {
    'pulumi-language-nodejs': await toolPath('pulumi-language-nodejs'),
    'pulumi-resource-kubernetes': await toolPath('pulumi-resource-kubernetes'),
  };
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-pulumi-'));
  const [project, state, home, bin] = ['project', 'state', 'home', 'bin'].map((name) => {
    const path = join(directory, name);
    mkdirSync(path);
    return path;
  }) as [string, string, string, string];
  for (const name of ['package.json', 'node_modules', 'src', 'environments']) {
    symlinkSync(join(ROOT, name), join(project, name));
  }
  const settings = readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8');
  writeFileSync(
    join(project, 'Pulumi.yaml'),
    program === undefined ? settings : settings.replace(/^main: .*$/m, 'main: program.ts'),
  );
  if (program !== undefined) writeFileSync(join(project, 'program.ts'), program);
  symlinkSync(plugins['pulumi-resource-kubernetes'], join(bin, 'pulumi-resource-kubernetes'));
  // This language host is older than the CLI: it takes the options of Pulumi.yaml's runtime as flags.
  writeFileSync(
    join(bin, 'pulumi-language-nodejs'),
    `#!/bin/sh\nexec '${plugins['pulumi-language-nodejs']}' -typescript=false "$@"\n`,
    { mode: 0o755 },
  );
  // What PulumiPlugin.yaml has later language hosts start.
  const plugin = `#!/bin/sh\nexec node '${join(ROOT, 'index.js')}' "$@"\n`;
  writeFileSync(join(bin, 'pulumi-resource-tidegate'), plugin, { mode: 0o755 });
  const env = {
    // The Node that runs the tests also runs the program.
    PATH: [bin, join(process.execPath, '..'), process.env.PATH].join(delimiter),
    KUBECONFIG: kubeconfig,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_HOME: home,
    PULUMI_CONFIG_PASSPHRASE: 'a passphrase for tests',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
  };
  return {
    directory: project,
    plugin: join(bin, 'pulumi-resource-tidegate'),
    state,
    pulumi: (...args) => run(pulumi, ['--non-interactive', '--cwd', project, ...args], env),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

/** Pulumi tells errors of a run in its ordinary output. */
async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    const { message, stdout = '' } = error as Error & { stdout?: string };
    throw new Error(`${message}\n${stdout}`);
  }
}
