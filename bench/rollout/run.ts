/**
 * `node bench/rollout/run.ts`: what clients notice while replicas are replaced, killed and taken away. `--help` lists what can
 * be chosen.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SignJWT } from 'jose';
import { Crowd, type Experience } from '../../test/integration/server/rollouts/crowd.ts';
import { Publisher } from '../../test/integration/server/rollouts/publisher.ts';
import { postgres } from '../../test/integration/server/stores/postgres.ts';
import { redis } from '../../test/integration/server/stores/redis.ts';
import { TOKEN_KEY } from '../contender.ts';
import { thisMachine } from '../machine.ts';
import { table } from '../text.ts';
import { Fleet, halfOf } from './fleet.ts';
import { SECRET, SUBJECTS, type Subject } from './subjects.ts';

/** What happens, after so many replicas were started for it. */
const EVENTS = {
  rollout: { spares: (replicas: number) => replicas, happens: (fleet: Fleet) => fleet.rollout() },
  kill: { spares: () => 1, happens: (fleet: Fleet) => fleet.kill() },
  'node-drain': { spares: halfOf, happens: (fleet: Fleet) => fleet.nodeDrain() },
  // The last, as it leaves one replica less.
  'scale-in': { spares: () => 0, happens: (fleet: Fleet) => fleet.scaleIn() },
} as const;
type Event = keyof typeof EVENTS;
const NAMES = Object.keys(EVENTS) as Event[];

/** Clients of one channel. */
const CLIENTS_A_CHANNEL = 100;
/** Between two publications of a channel. */
const EVERY_MS = 500;
/** What the SDK calls an end without a code of the server. */
const WITHOUT_A_WORD = 1;
const SETTLE_SECONDS = 60;

interface Options {
  readonly clients: number;
  readonly replicas: number;
  readonly budget: number;
  readonly rollouts: number;
  readonly events: readonly Event[];
  readonly only: readonly string[];
}

const options = new Command('bench/rollout')
  .description('Measure what clients notice of rollouts, kills, scale-ins and node drains')
  .option('--clients <number>', 'clients of the SDK', whole, 5_000)
  .option('--replicas <number>', 'replicas', whole, 3)
  .option('--budget <number>', 'drain.reconnectsPerSecond', whole, 500)
  .option('--rollouts <number>', 'rollouts in a row', whole, 5)
  .addOption(new Option('--events <names...>', 'what happens').choices(NAMES).default(NAMES))
  .addOption(
    new Option('--only <names...>', 'servers')
      .choices(SUBJECTS.map(({ name }) => name))
      .default(SUBJECTS.map(({ name }) => name)),
  )
  .parse()
  .opts<Options>();

const HEADER = [
  '',
  'reconnects in the worst second',
  'clients that reconnected once',
  'more than once',
  'latest publication p99, ms',
  'lost',
  'doubled',
  'out of order',
  'ended without a word',
  'seconds',
];

const { cpu, cores, kernel } = thisMachine();
const subjects = SUBJECTS.filter(({ name }) => options.only.includes(name));
console.log(`${['node bench/rollout/run.ts', ...process.argv.slice(2)].join(' ')}
${new Date().toISOString().slice(0, 10)}, ${cpu}, ${cores} cores, Linux ${kernel}
${options.clients} clients, ${options.replicas} replicas, a budget of ${options.budget} a second`);
for (const subject of subjects) await subject.install();
const rows: string[][] = [];
for (const subject of subjects) rows.push(...(await measured(subject)));
console.log(table([HEADER, ...rows]));

/** A row for each thing that happened. */
async function measured(subject: Subject): Promise<string[][]> {
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-rollout-'));
  const [cache, database] = await Promise.all([redis(SECRET), postgres(SECRET)]);
  await Promise.all([cache.start(), database.start()]);
  const surroundings = {
    redisPort: cache.port,
    postgresPort: database.port,
    replicas: options.replicas,
    budget: options.budget,
  };
  const fleet = await Fleet.start(subject, surroundings, directory);
  const channels = Array.from(
    { length: Math.ceil(options.clients / CLIENTS_A_CHANNEL) },
    (_, index) => `channel-${index}`,
  );
  const { url } = fleet.front;
  const token = await new SignJWT({ sub: 'bench' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1d')
    .sign(new TextEncoder().encode(TOKEN_KEY));
  const crowd = new Crowd({ url, size: options.clients, channels, token });
  const publisher = new Publisher(channels, EVERY_MS, (channel, data, key) =>
    publish(`${url}${subject.publishPath}`, { channel, data, idempotency_key: key }),
  );
  try {
    await crowd.gather();
    const done: string[][] = [];
    for (const event of NAMES.filter((name) => options.events.includes(name))) {
      const times = event === 'rollout' ? options.rollouts : 1;
      for (let time = 1; time <= times; time += 1) {
        await fleet.prepare(EVENTS[event].spares(options.replicas));
        crowd.begin(publisher.next);
        publisher.start();
        const began = performance.now();
        await EVENTS[event].happens(fleet);
        const seconds = (performance.now() - began) / 1_000;
        await publisher.stop();
        // What does not come in this time is lost.
        await crowd.settle(publisher.next, SETTLE_SECONDS).catch(() => {});
        const name = `${subject.name}: ${event}${times > 1 ? ` ${time}` : ''}`;
        done.push(row(name, crowd.experience(publisher.next), seconds));
        console.log(done.at(-1)?.join(' | '));
      }
    }
    return done;
  } finally {
    await publisher.stop();
    crowd.leave();
    await fleet.stop();
    await Promise.all([cache.remove(), database.remove()]);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function publish(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': SECRET },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  const answer = (await response.json()) as { error?: { message: string } };
  if (!response.ok || answer.error !== undefined) throw new Error(`${url} answered ${response.status}`);
}

function row(name: string, experience: Experience, seconds: number): string[] {
  const { clients, byReconnects, byCode } = experience;
  const [none = 0, once = 0] = [byReconnects[0], byReconnects[1]];
  const percent = (count: number) => `${((100 * count) / Math.max(1, clients - none)).toFixed(1)} %`;
  return [
    name,
    String(experience.peakReconnects),
    percent(once),
    percent(clients - none - once),
    String(experience.latestP99Ms),
    String(experience.lost),
    String(experience.doubled),
    String(experience.disordered),
    String(byCode[WITHOUT_A_WORD] ?? 0),
    seconds.toFixed(0),
  ];
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Must be a whole number above 0');
  return value;
}
