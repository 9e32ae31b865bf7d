import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/integration/server/stores/store-process.ts';
import type { Contender } from './contender.ts';
import { generate, type Measurement } from './generator.ts';
import { type PinnedProcess, startPinned } from './pinned-process.ts';
import type { Workload } from './workload.ts';

/** One run: the figures by title, and what tells how far those by the clock can be trusted. */
export interface Run {
  readonly figures: Readonly<Record<string, number>>;
  /** CPU time of the generator by the clock, the greatest of the loads; near 1 it is the limit. */
  readonly generatorCpu: number;
  /** CPU time that others took from the cores of the benchmark, likewise. */
  readonly foreignCpu: number;
}

/**
 * Core of each process. The first server has one to itself and so has the generator; where there are two cores only, a
 * second server shares that of the first, and Redis that of the generator.
 */
const CORES =
  cpus().length >= 4
    ? { servers: [0, 2], generator: 1, redis: 3 }
    : { servers: [0, 0], generator: 1, redis: 1 };

/** Runs a workload once, against servers that are started for it. */
export async function measure(workload: Workload, contender: Contender, seconds: number): Promise<Run> {
  const { activity, replicas = 1, loads } = workload;
  const clients = contender.clients[activity];
  if (clients === undefined) throw new Error(`${contender.name} has no ${activity}`);
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  const running: PinnedProcess[] = [];
  const start = async (
    name: string,
    core: number,
    command: (port: number, folder: string) => ReturnType<Contender['server']>,
  ) => {
    const folder = join(directory, name);
    mkdirSync(folder);
    const port = await freePort();
    const started = await startPinned(await command(port, folder), { core, port, directory: folder });
    running.push(started);
    return started;
  };
  try {
    const others = replicas === 1 ? [] : [await start('redis', CORES.redis, redis)];
    const servers: PinnedProcess[] = [];
    for (const [replica, core] of CORES.servers.slice(0, replicas).entries()) {
      const server = await start(`replica-${replica}`, core, (port, folder) =>
        contender.server({ activity, port, directory: folder, redisPort: others[0]?.port }),
      );
      servers.push(server);
    }
    const cores = [
      ...new Set([...CORES.servers.slice(0, replicas), CORES.generator, ...others.map(() => CORES.redis)]),
    ];
    const measurements: Measurement[] = [];
    for (const load of loads) {
      measurements.push(
        await generate(load, { clients, servers, others }, { core: CORES.generator, cores, seconds }),
      );
    }
    return {
      figures: Object.fromEntries(
        loads.flatMap((load, index) =>
          load.figures.map(({ title, measured }) => [title, measurements[index]?.[measured] ?? Number.NaN]),
        ),
      ),
      generatorCpu: Math.max(...measurements.map(({ generatorCpu = 0 }) => generatorCpu)),
      foreignCpu: Math.max(...measurements.map(({ foreignCpu = 0 }) => foreignCpu)),
    };
  } finally {
    for (const each of running) await each.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function redis(port: number, directory: string) {
  const settings = ['--save', '', '--appendonly', 'no', '--dir', directory];
  return { program: 'redis-server', args: ['--bind', '127.0.0.1', '--port', String(port), ...settings] };
}
