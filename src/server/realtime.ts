import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { TidegateError } from '../spec/errors.ts';
import type { Settings } from '../spec/settings.ts';
import type { DefineRoutes, RealtimeApp, RealtimeOptions } from './app/application.ts';
import { DependencyScope } from './app/dependency.ts';
import type { EndpointOptions, Handler } from './app/endpoint.ts';
import { Lifecycle } from './app/lifecycle.ts';
import { Middlewares } from './app/middleware.ts';
import { Authenticator } from './auth/authenticator.ts';
import { Expiries } from './auth/expiries.ts';
import { FleetLoad } from './balance/fleet-load.ts';
import { Rebalancer } from './balance/rebalancer.ts';
import { InProcessBroker as InProcessStreams } from './channels/broker/in-process.ts';
import { RedisBroker as RedisStreams } from './channels/broker/redis.ts';
import { CHANNEL_SCRIPTS } from './channels/broker/redis-scripts.ts';
import { Channels } from './channels/channels.ts';
import { channelMetrics } from './channels/metrics.ts';
import { type ApiOptions, apiVersion } from './http/api-version.ts';
import { MemoryStore } from './http/cache/memory-store.ts';
import { RedisStore } from './http/cache/redis-store.ts';
import { clientAddress } from './http/client-address.ts';
import { documents } from './http/documents.ts';
import type { HttpServer } from './http/fastify.ts';
import { healthServer } from './http/health-server.ts';
import { httpServer } from './http/http-server.ts';
import { listenOnPort } from './http/listen.ts';
import { probes } from './http/probes.ts';
import { staticFiles } from './http/static-files.ts';
import { bundledMiddleware } from './middleware/bundled.ts';
import { Backend } from './observability/backend.ts';
import { createLogger } from './observability/log.ts';
import { serverMetrics } from './observability/metrics.ts';
import { Readings } from './observability/readings.ts';
import { Tally } from './observability/tally.ts';
import { ReconnectBudget } from './pace/reconnect-budget.ts';
import { InProcessBroker } from './rooms/broker/broker.ts';
import { RedisBroker } from './rooms/broker/redis.ts';
import { Rooms } from './rooms/rooms.ts';
import { CurrentSettings } from './settings/current-settings.ts';
import { lockDataDirectory, prepareDataDirectory } from './store/data-directory.ts';
import { type Database, embeddedPostgres, postgresServer } from './store/database.ts';
import { History } from './store/history.ts';
import { LazyDatabase } from './store/lazy-database.ts';
import { RedisLink } from './store/redis-link.ts';
import { type RedisTarget, redisTarget } from './store/redis-target.ts';
import { SideRedis } from './store/side-redis.ts';
import { Background } from './tasks/background.ts';
import { taskMetrics } from './tasks/metrics.ts';
import { TaskList } from './tasks/tasks.ts';
import { Connections } from './transport/connections.ts';
import { drainConnections } from './transport/drain.ts';
import { type Endpoint, Gate } from './transport/gate.ts';
import { RoutePattern } from './transport/route-pattern.ts';
import { Turn } from './transport/turn.ts';
import { answeredFirst } from './websocket/answered-first.ts';
import { takePlainUpgrades } from './websocket/plain-upgrades.ts';

/** The time that is left for storing what waits when the drain has used all of its own. */
const STORE_MS = 1_000;

/** Makes a realtime server. */
export function realtime({
  settings,
  log = createLogger(settings.logLevel),
  reread = () => settings,
  authenticate,
  fleet,
}: RealtimeOptions): RealtimeApp {
  const turn = new Turn();
  const tally = new Tally();
  const endpoints: Endpoint[] = [];
  const backends: Backend[] = [];
  const embedded = settings.postgres.host === undefined;
  let unlock = () => {};
  let drained: Promise<void> | undefined;
  let health: HttpServer | undefined;
  const draining = () => drained !== undefined;

  const currentSettings = new CurrentSettings(settings, reread, log);
  const current = currentSettings.get;
  const redisAt = redisTarget(() => current().redis);
  const link = redisAt && linkOf(redisAt, backends, log);
  const budget = new ReconnectBudget(settings.drain, link);
  const broker = link === undefined ? new InProcessBroker() : new RedisBroker(link);
  const postgres = new Backend('postgres', log);
  backends.push(postgres);
  const database = databaseOf(current, postgres);
  const history = new History({ database, backend: postgres, log });
  const rooms = new Rooms(broker, turn, tally);
  const connections = new Connections(settings.ping.intervalSeconds, tally);
  const rebalancer =
    link !== undefined && settings.drain.rebalance
      ? new Rebalancer({ load: new FleetLoad(link, link.replica), connections, budget, log })
      : undefined;
  const background = new Background(log);
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const readings = new Readings(metrics);
  readings.gaugeBy(
    'tidegate_setting_read_timestamp_seconds',
    'When the value was first read that counts now, of settings that count without a restart',
    'setting',
    currentSettings.since,
  );
  serverMetrics(readings, { connections, rooms, tally, broker, history, background, backends, draining });
  const middlewares = new Middlewares();
  const lifecycle = new Lifecycle(log);
  const ofApplication = background.line({ log }).add;
  const scope = new DependencyScope({
    settings,
    log,
    database,
    exchange: undefined,
    background: ofApplication,
  });
  const authenticator = new Authenticator({ current, log, authenticate });
  const expiries = new Expiries();
  const channels = new Channels({
    settings,
    broker: link === undefined ? new InProcessStreams() : new RedisStreams(link),
    verifier: authenticator,
    expiries,
    turn,
    tally,
    log,
  });
  channelMetrics(readings, channels);
  const addressOf = clientAddress(settings.trustedProxies);
  const redis = redisAt && new SideRedis(redisAt);
  for (const middleware of bundledMiddleware({ current, metrics, redis })) middlewares.add(middleware);
  const tasks = new TaskList({ current, scope, background, log });
  taskMetrics(metrics, tasks);
  const cache = redis === undefined ? new MemoryStore(settings.http.cacheBytes) : new RedisStore(redis);
  const http = httpServer({
    settings,
    middlewares,
    authenticator,
    scope,
    background,
    addressOf,
    cache,
    metrics,
    log,
  });
  documents(http, settings, endpoints);
  staticFiles(http, settings.http.static);
  probes(http, { backends, metrics: fleet?.metrics ?? metrics, connections: fleet ?? connections, draining });
  const gate = new Gate({
    settings,
    current,
    endpoints,
    middlewares,
    scope,
    background,
    connections,
    authenticator,
    expiries,
    addressOf,
    turn,
    tally,
    log,
    draining,
  });
  const upgrade = gate.upgrade.bind(gate);
  http.server.on('upgrade', answeredFirst(http.server, upgrade));
  const endSilent = takePlainUpgrades(http.server, upgrade);

  async function lockOrClose(): Promise<() => void> {
    try {
      return lockDataDirectory(settings.dataDirectory);
    } catch (error) {
      endSilent();
      await http.close();
      throw error;
    }
  }

  async function drain(): Promise<void> {
    const started = performance.now();
    log.info({ connections: connections.size }, 'Draining');
    const tasksStopped = tasks.stop(settings.drain.timeoutSeconds * 1_000);
    // Not waited for: the time to drain runs already.
    const rebalanced = rebalancer?.stop();
    const cut = await drainConnections(connections, budget, settings.drain.timeoutSeconds);
    await Promise.all([tasksStopped, rebalanced]);
    const left = () => Math.max(0, settings.drain.timeoutSeconds * 1_000 - (performance.now() - started));
    await background.finish(left());
    await tasks.close(left());
    await history.close(Math.max(STORE_MS, left()));
    rooms.close();
    connections.close();
    expiries.close();
    await channels.close();
    await broker.close();
    await link?.close();
    redis?.close();
    endSilent();
    await http.close();
    await health?.close();
    await lifecycle.stop();
    await scope.close();
    await database.close();
    unlock();
    log.info({ cut }, 'Drained');
  }

  const whenReady = async () => {
    await Promise.all(backends.map((backend) => backend.whenUp()));
  };

  return {
    settings,
    log,
    http,
    history,
    channels,
    tasks,
    websocket(path: string, ...rest: readonly unknown[]) {
      const [options, handler] = rest.length === 1 ? [{}, rest[0]] : rest;
      endpoints.push({
        pattern: new RoutePattern(path),
        options: options as EndpointOptions,
        handler: handler as Handler,
      });
    },
    api(version: string, ...rest: readonly unknown[]) {
      const [options, define] = rest.length === 1 ? [{}, rest[0]] : rest;
      apiVersion(http, version, options as ApiOptions, define as DefineRoutes);
    },
    use: (middleware) => middlewares.add(middleware),
    hook: (hook) => lifecycle.add(hook),
    dependency: (dependency) => scope.use(dependency),
    override: (dependency, value) => scope.override(dependency, value),
    room: (name) => rooms.room(name),
    async listen() {
      if (embedded) prepareDataDirectory(settings.dataDirectory);
      await tasks.open();
      await lifecycle.start();
      const address = await (fleet?.open({ http, connections, metrics, whenReady }) ??
        listenOnPort(http, settings));
      if (embedded) unlock = await lockOrClose();
      broker.start(rooms);
      channels.start();
      link?.start();
      rebalancer?.start();
      redis?.start();
      history.start();
      if (settings.tasks.inServer || redisAt === undefined) await tasks.work();
      return address;
    },
    async work({ tasks: names, health: at }) {
      if (redisAt === undefined) {
        throw TidegateError.of(
          'TG2002',
          'redis.host',
          'A worker takes its tasks from Redis, and none is set',
        );
      }
      tasks.check(names);
      await tasks.open();
      await lifecycle.start();
      // The embedded database belongs to the server.
      const used = embedded ? backends.filter(({ name }) => name !== 'postgres') : backends;
      health = healthServer(log, { backends: used, metrics, connections, draining });
      const address = await listenOnPort(health, { ...settings, ...at });
      broker.start(rooms);
      channels.start();
      link?.start();
      if (!embedded) history.start();
      await tasks.work(names);
      return address;
    },
    whenReady,
    drain() {
      drained ??= drain();
      return drained;
    },
  };
}

/** The link to the other replicas. */
function linkOf(redis: RedisTarget, backends: Backend[], log: Logger): RedisLink {
  const backend = new Backend('redis', log);
  backends.push(backend);
  return new RedisLink({ redis, backend, scripts: CHANNEL_SCRIPTS });
}

function databaseOf(current: () => Settings, backend: Backend): Database {
  const { postgres, dataDirectory } = current();
  if (postgres.host === undefined) return new LazyDatabase(() => embeddedPostgres(dataDirectory));
  return postgresServer(
    () => current().postgres,
    (error) => backend.down(error),
  );
}
