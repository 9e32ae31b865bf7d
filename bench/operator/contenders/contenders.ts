import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../../src/spec/index.ts';
import { command } from '../../../test/cluster/command.ts';
import { install, installedAt, pinnedBy } from '../../installed.ts';

/** Where an operator of greetings works. */
export interface Place {
  readonly kubeconfig: string;
  readonly namespace: string;
}

/** The operator of greetings on one runtime. */
export interface Contender {
  readonly name: string;
  version(): string;
  /** Fetches and builds what it needs into the user's cache, unless it is there. */
  install(): Promise<void>;
  command(place: Place): {
    readonly program: string;
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  };
}

const here = (...path: readonly string[]) => join(import.meta.dirname, ...path);
const requirements = here('kopf', 'requirements.txt');
const goMod = here('controller-runtime', 'go.mod');
const kopfName = () => `kopf@${pinnedBy(requirements)}`;
const goName = () => `greetings@${pinnedBy(goMod)}-${pinnedBy(here('controller-runtime', 'main.go'))}`;

const tidegate: Contender = {
  name: 'tidegate',
  version: () => `${VERSION}, Node ${process.versions.node}`,
  install: async () => {},
  command: ({ kubeconfig, namespace }) => ({
    program: process.execPath,
    args: [here('tidegate', 'operator.ts'), kubeconfig, namespace],
    // As the chart runs the operator.
    env: { NODE_OPTIONS: '--max-semi-space-size=4', MALLOC_ARENA_MAX: '2' },
  }),
};

const controllerRuntime: Contender = {
  name: 'controller-runtime',
  version: () => {
    const [, version] = /controller-runtime v(\S+)/.exec(readFileSync(goMod, 'utf8')) ?? [];
    return `${version}, Go ${execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim().slice(2)}`;
  },
  install: () =>
    install(goName(), (directory) =>
      command('go', ['build', '-o', join(directory, 'operator'), '.'], {
        cwd: here('controller-runtime'),
        env: { CGO_ENABLED: '0' },
      }),
    ),
  command: ({ kubeconfig, namespace }) => ({
    program: join(installedAt(goName()), 'operator'),
    args: ['--kubeconfigfile', kubeconfig, '--namespace', namespace],
  }),
};

const kopf: Contender = {
  name: 'kopf',
  version: () => {
    const [, version] = /^kopf==(.+)$/m.exec(readFileSync(requirements, 'utf8')) ?? [];
    return `${version}, ${execFileSync(python(), ['--version'], { encoding: 'utf8' }).trim()}`;
  },
  install: () =>
    install(kopfName(), (directory) =>
      command(python(), [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--target',
        directory,
        '--requirement',
        requirements,
      ]),
    ),
  command: ({ kubeconfig, namespace }) => ({
    program: python(),
    args: ['-m', 'kopf', 'run', '--standalone', '--namespace', namespace, here('kopf', 'operator.py')],
    env: { PYTHONPATH: installedAt(kopfName()), PYTHONDONTWRITEBYTECODE: '1', KUBECONFIG: kubeconfig },
  }),
};

/** The interpreter itself: what is on the path may be a script that chooses one. */
function python(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}

export const CONTENDERS: readonly Contender[] = [tidegate, controllerRuntime, kopf];
