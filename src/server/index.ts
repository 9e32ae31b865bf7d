export type { RealtimeApp, RealtimeOptions, WorkOptions } from './app/application.ts';
export {
  type Application,
  type ApplicationModule,
  type DefineApplication,
  loadApplication,
} from './app/application-module.ts';
export { currentUser, database, settings } from './app/bundled-dependencies.ts';
export { type Dependency, type DependencyContext, dependency, type Scope } from './app/dependency.ts';
export type {
  EndpointOptions,
  Handler,
  HandshakeSchemas,
  MessageDescription,
  PathParams,
  Request,
} from './app/endpoint.ts';
export type { Exchange } from './app/exchange.ts';
export { type ErrorDetail, HttpError, type HttpErrorOptions } from './app/http-error.ts';
export type { LifecycleHook } from './app/lifecycle.ts';
export type { HeaderWriter, Middleware } from './app/middleware.ts';
export type { Authenticate } from './auth/authenticator.ts';
export type { ProofSource } from './auth/proof.ts';
export type { User } from './auth/user.ts';
export { BrokerUnavailable, type Position, type Replica } from './channels/broker/broker.ts';
export type { ServerGrant, Target } from './channels/calls.ts';
export type {
  ChannelHistory,
  Channels,
  HistoryOptions,
  Present,
  Published,
  PublishOptions,
} from './channels/channels.ts';
export type {
  ChannelClient,
  ConnectEvent,
  ConnectGrant,
  Decision,
  MessageEvent as ChannelMessageEvent,
  PublishEvent,
  RpcEvent,
  SubscribeEvent,
  SubscribeGrant,
} from './channels/hooks.ts';
export { DisconnectClient, ReplyError } from './channels/protocol/codes.ts';
export type { ApiOptions, Deprecation } from './http/api-version.ts';
export type { CacheRule } from './http/cache/cache-key.ts';
export type { HttpServer } from './http/fastify.ts';
export type { Address } from './http/listen.ts';
export { accessLog } from './middleware/access-log.ts';
export { type AddressLists, addressFilter } from './middleware/address-filter.ts';
export { allowedHosts } from './middleware/allowed-hosts.ts';
export { type ConnectionLimits, connectionLimits } from './middleware/connection-limits.ts';
export { processTime } from './middleware/process-time.ts';
export { rateLimit } from './middleware/rate-limit.ts';
export { slowRequests } from './middleware/slow-requests.ts';
export { createLogger, openLog } from './observability/log.ts';
export type { Trace } from './observability/trace-context.ts';
export { type Limiter, LocalLimiter } from './pace/limiter.ts';
export { type Pace, paceOf } from './pace/pace.ts';
export { realtime } from './realtime.ts';
export type { JoinOptions, Room } from './rooms/rooms.ts';
export { runUntilStopped, stopSignal } from './run.ts';
export { changesOf, type ExplainedSetting, explainSettings } from './settings/explain-settings.ts';
export type { Layer } from './settings/given-settings.ts';
export {
  type LoadSettingsOptions,
  loadSettings,
  type TracedSettings,
  traceSettings,
} from './settings/load-settings.ts';
export {
  bundledEndpoints,
  type RunningServer,
  type StartOptions,
  startServer,
  startWorker,
  type WorkerOptions,
} from './start.ts';
export type { Database } from './store/database.ts';
export { type MigrationOptions, migrateOnce } from './store/migration.ts';
export type { AddBackground, Work } from './tasks/background.ts';
export type { DeadLetter, Enqueued, QueueStats } from './tasks/queue.ts';
export { QueuedTasks, type TaskCounts, type TaskDeadLetter } from './tasks/queued-tasks.ts';
export {
  GiveUp,
  type Schedule,
  type Task,
  type TaskContext,
  type TaskDefinition,
  task,
} from './tasks/task.ts';
export type { EnqueueOptions, Tasks } from './tasks/tasks.ts';
export {
  type AcceptOptions,
  Disconnect,
  InvalidMessage,
  type Message,
  NotAccepted,
  type Socket,
} from './transport/socket.ts';
export type { WorkerTicket } from './workers/messages.ts';
export { reloadOnChange } from './workers/reload-on-change.ts';
export { shareOf } from './workers/share.ts';
export { askWorkerStatus } from './workers/status-socket.ts';
export { type RunningFleet, supervise, workerCount } from './workers/supervise.ts';
export { takeSeat, type WorkerSeat, workerEnvironment } from './workers/worker-seat.ts';
