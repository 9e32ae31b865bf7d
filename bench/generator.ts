import { join } from 'node:path';
import { command } from '../test/cluster/command.ts';
import { type Clients, TOKEN_KEY } from './contender.ts';
import { installedAt } from './installed.ts';
import type { PinnedProcess } from './pinned-process.ts';
import type { Load, Measured } from './workload.ts';

const PROGRAM = installedAt('loadgen');

/** What the generator prints. */
export type Measurement = Readonly<Partial<Record<Measured, number>>>;

export interface Target {
  readonly clients: Clients;
  readonly servers: readonly PinnedProcess[];
  /** Processes of the benchmark that are not measured. */
  readonly others: readonly PinnedProcess[];
}

/** Builds the generator; Go's own cache makes that quick when nothing has changed. */
export async function buildGenerator(): Promise<void> {
  await command('go', ['build', '-o', PROGRAM, '.'], {
    cwd: join(import.meta.dirname, 'loadgen'),
    env: { CGO_ENABLED: '0' },
  });
}

/** Puts a load on servers, from a core of its own. */
export async function generate(
  load: Load,
  { clients, servers, others }: Target,
  {
    core,
    cores,
    seconds,
  }: { readonly core: number; readonly cores: readonly number[]; readonly seconds: number },
): Promise<Measurement> {
  const { mode, clients: count, earlier = 0, seconds: ownSeconds } = load;
  const { perSecond = 20, burst = 1, messageBytes = 128, flood = 'non-readers', floodPath = '' } = load;
  const flags = {
    mode,
    clients: count,
    protocol: clients.protocol,
    path: clients.path ?? '',
    channel: clients.channel ?? 'none',
    key: clients.token === true ? TOKEN_KEY : '',
    earlier,
    'per-second': perSecond,
    burst,
    size: messageBytes,
    flood,
    'flood-path': floodPath,
    seconds: ownSeconds ?? seconds,
    addresses: servers.map(({ port }) => `127.0.0.1:${port}`).join(','),
    pids: servers.map(({ pid }) => pid).join(','),
    'other-pids': others.map(({ pid }) => pid).join(','),
    cores: cores.join(','),
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  return JSON.parse(
    await command('taskset', ['--cpu-list', String(core), PROGRAM, ...args], { env: { GOMAXPROCS: '1' } }),
  );
}
