import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Contender, TOKEN_KEY } from '../../contender.ts';

const { version } = createRequire(import.meta.url)('ws/package.json') as { version: string };

/** The library that most Node servers are made with, in the loop that its documentation shows. */
export const plainWs: Contender = {
  name: 'ws',
  version: () => `${version}, Node ${process.versions.node}`,
  replicates: false,
  install: async () => {},
  server: async ({ port }) => ({
    program: process.execPath,
    args: [join(import.meta.dirname, 'server.ts')],
    env: { PORT: String(port), TOKEN_KEY },
  }),
  clients: {
    room: { protocol: 'plain', path: '/room' },
    echo: { protocol: 'plain', path: '/ws' },
    idle: { protocol: 'plain', path: '/ws' },
    connect: { protocol: 'plain', path: '/secure/ws', token: true },
  },
};
