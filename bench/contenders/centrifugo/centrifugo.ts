import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../../../test/cluster/tools/build.ts';
import type { GoRecipe } from '../../../test/cluster/tools/recipes.ts';
import { type Contender, TOKEN_KEY } from '../../contender.ts';
import { install, installedAt } from '../../installed.ts';

const VERSION = '6.9.1';
const recipe: GoRecipe = {
  from: 'go',
  version: VERSION,
  module: 'github.com/centrifugal/centrifugo/v6',
  package: '',
  variables: { 'github.com/centrifugal/centrifugo/v6/internal/build.Version': VERSION },
  minutes: 3,
};
const name = `centrifugo@${recipe.version}`;

/** The server whose protocol Tidegate's channels speak, with its production defaults and metrics. */
export const centrifugo: Contender = {
  name: 'Centrifugo',
  version: () => recipe.version,
  replicates: true,
  install: () => install(name, (directory) => build('centrifugo', recipe, join(directory, 'centrifugo'))),
  async server({ port, directory, redisPort }) {
    const file = join(directory, 'config.json');
    writeFileSync(file, JSON.stringify(config(port, redisPort)));
    return {
      program: join(installedAt(name), 'centrifugo'),
      args: ['--config', file],
      env: { GOMAXPROCS: '1' },
      readyPath: '/health',
    };
  },
  clients: {
    room: { protocol: 'centrifugo', channel: 'shared', token: true },
    echo: { protocol: 'centrifugo', channel: 'own', token: true },
    idle: { protocol: 'centrifugo', channel: 'shared', token: true },
    connect: { protocol: 'centrifugo', channel: 'none', token: true },
  },
};

function config(port: number, redisPort: number | undefined): object {
  return {
    http_server: { address: '127.0.0.1', port },
    client: { token: { hmac_secret_key: TOKEN_KEY } },
    channel: { without_namespace: { allow_subscribe_for_client: true, allow_publish_for_subscriber: true } },
    prometheus: { enabled: true },
    health: { enabled: true },
    ...(redisPort === undefined
      ? {}
      : { engine: { type: 'redis', redis: { address: [`redis://127.0.0.1:${redisPort}`] } } }),
  };
}
