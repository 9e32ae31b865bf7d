import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../../test/cluster/command.ts';
import { type Contender, TOKEN_KEY } from '../../contender.ts';
import { install, installedAt, pinnedBy } from '../../installed.ts';

const requirements = join(import.meta.dirname, 'requirements.txt');
const pinned = (name: string) =>
  new RegExp(`^${name}==(.+)$`, 'm').exec(readFileSync(requirements, 'utf8'))?.[1];

/** FastAPI on uvicorn: one worker, which chooses uvloop, httptools and websockets by itself. */
export const uvicorn: Contender = {
  name: 'uvicorn',
  version: () => `${pinned('uvicorn')}, FastAPI ${pinned('fastapi')}, Python ${interpreter().version}`,
  replicates: false,
  install: () =>
    install(name(), (directory) => {
      const args = ['install', '--quiet', '--target', directory, '--requirement', requirements];
      return command(interpreter().path, ['-m', 'pip', ...args]);
    }),
  server: async ({ port }) => ({
    program: interpreter().path,
    args: ['-m', 'uvicorn', '--app-dir', import.meta.dirname, '--port', String(port), 'app:app'],
    env: { PYTHONPATH: installedAt(name()), PYTHONDONTWRITEBYTECODE: '1', TOKEN_KEY },
  }),
  clients: {
    room: { protocol: 'plain', path: '/room' },
    echo: { protocol: 'plain', path: '/ws' },
    idle: { protocol: 'plain', path: '/ws' },
    connect: { protocol: 'plain', path: '/secure/ws', token: true },
  },
};

function name(): string {
  return `uvicorn@${pinnedBy(requirements)}-python${interpreter().version}`;
}

/** The interpreter itself: what is on the path may be a script that chooses one. */
function interpreter(): { readonly path: string; readonly version: string } {
  const ask = 'import platform, sys; print(sys.executable, platform.python_version())';
  const [path = '', version = ''] = execFileSync('python3', ['-c', ask], { encoding: 'utf8' })
    .trim()
    .split(' ');
  return { path, version };
}
