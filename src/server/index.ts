export { type Dependency, type DependencyContext, dependency, type Scope } from './app/dependency.ts';
export type { EndpointOptions, Handler, HandshakeSchemas, PathParams, Request } from './app/endpoint.ts';
export type { Exchange } from './app/exchange.ts';
export { type ErrorDetail, HttpError, type HttpErrorOptions } from './app/http-error.ts';
export type { LifecycleHook } from './app/lifecycle.ts';
export type { HeaderWriter, Middleware } from './app/middleware.ts';
export type { User } from './auth/user.ts';
export type { HttpServer } from './http/http-server.ts';
export { createLogger } from './observability/log.ts';
export { type Address, type RealtimeApp, type RealtimeOptions, realtime } from './realtime.ts';
export type { JoinOptions, Room } from './rooms/rooms.ts';
export { runUntilStopped } from './run.ts';
export { type LoadSettingsOptions, loadSettings } from './settings/load-settings.ts';
export { bundledEndpoints, type RunningServer, startServer } from './start.ts';
export {
  type AcceptOptions,
  Disconnect,
  InvalidMessage,
  type Message,
  NotAccepted,
  type Socket,
} from './transport/socket.ts';
