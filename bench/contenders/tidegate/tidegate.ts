import { join } from 'node:path';
import { VERSION } from '../../../src/spec/index.ts';
import { type Contender, type ServerOptions, TOKEN_KEY } from '../../contender.ts';

const MAIN = join(import.meta.dirname, '../../../src/cli/main.ts');
const ROOM = join(import.meta.dirname, 'room.ts');
const version = () => `${VERSION}, Node ${process.versions.node}`;

/** Its plain endpoints: echo as it is bundled, and an application with one room. */
export const tidegate: Contender = {
  name: 'Tidegate',
  version,
  replicates: true,
  install: async () => {},
  server: async (options) => {
    const { activity } = options;
    const server = node(activity.endsWith('room') ? [ROOM] : [MAIN, 'serve'], options);
    if (activity !== 'dropping-room') return server;
    return { ...server, env: { ...server.env, TIDEGATE_LIMITS_SLOW_CLIENTS: 'drop-oldest' } };
  },
  clients: {
    room: { protocol: 'plain', path: '/room' },
    'dropping-room': { protocol: 'plain', path: '/room' },
    flooded: { protocol: 'plain', path: '/ws' },
    'flooded-chat': { protocol: 'plain', path: '/ws' },
    echo: { protocol: 'plain', path: '/ws' },
    idle: { protocol: 'plain', path: '/ws' },
    connect: { protocol: 'plain', path: '/secure/ws', token: true },
  },
};

/** Its channels, which speak Centrifugo's protocol. */
export const tidegateChannels: Contender = {
  name: 'Tidegate channels',
  version,
  replicates: true,
  install: async () => {},
  server: async (options) => {
    const server = node([MAIN, 'serve'], options);
    return { ...server, env: { ...server.env, TIDEGATE_CHANNELS_WITHOUT_NAMESPACE_ALLOW_PUBLISH: 'user' } };
  },
  clients: {
    room: { protocol: 'centrifugo', channel: 'shared', token: true },
    echo: { protocol: 'centrifugo', channel: 'own', token: true },
    flooded: { protocol: 'centrifugo', channel: 'own', token: true },
    idle: { protocol: 'centrifugo', channel: 'shared', token: true },
    connect: { protocol: 'centrifugo', channel: 'none', token: true },
  },
};

function node(args: readonly string[], { activity, port, directory, redisPort }: ServerOptions) {
  return {
    program: process.execPath,
    args,
    env: {
      TIDEGATE_PORT: String(port),
      TIDEGATE_DATA_DIRECTORY: join(directory, 'data'),
      TIDEGATE_AUTH_TOKEN_KEY: TOKEN_KEY,
      // A flood of handshakes comes from one address; the clients that are measured are fewer than the burst.
      ...(activity.startsWith('flooded') ? { TIDEGATE_LIMITS_HANDSHAKES_PER_SECOND: '20' } : {}),
      ...(redisPort === undefined
        ? {}
        : { TIDEGATE_REDIS_HOST: '127.0.0.1', TIDEGATE_REDIS_PORT: String(redisPort) }),
    },
    readyPath: '/readyz',
  };
}
