import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { command } from '../../../test/cluster/command.ts';
import { type Contender, TOKEN_KEY } from '../../contender.ts';
import { install, installedAt, pinnedBy } from '../../installed.ts';

const here = import.meta.dirname;
const files = ['package.json', 'package-lock.json'];
const { dependencies } = createRequire(import.meta.url)('./package.json') as {
  dependencies: Record<string, string>;
};
const name = `socket-io@${pinnedBy(join(here, 'package-lock.json'))}`;

/** Socket.IO over WebSockets alone, without the long polling it begins with by default. */
export const socketIo: Contender = {
  name: 'Socket.IO',
  version: () => `${dependencies['socket.io']}, Node ${process.versions.node}`,
  replicates: false,
  install: () =>
    install(name, async (directory) => {
      for (const file of files) copyFileSync(join(here, file), join(directory, file));
      await command('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: directory });
    }),
  async server({ port }) {
    // Imports are looked for beside the file, so it goes where the packages are in reach.
    const server = join(installedAt(name), 'server.mjs');
    copyFileSync(join(here, 'server.mjs'), server);
    return { program: process.execPath, args: [server], env: { PORT: String(port), TOKEN_KEY } };
  },
  clients: {
    room: { protocol: 'socket-io' },
    echo: { protocol: 'socket-io' },
    idle: { protocol: 'socket-io' },
    connect: { protocol: 'socket-io', token: true },
  },
};
