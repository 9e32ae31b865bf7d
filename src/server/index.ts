export { createLogger } from './observability/log.ts';
export type { Address, EndpointOptions, RealtimeApp, RealtimeOptions } from './realtime.ts';
export { realtime } from './realtime.ts';
export type { JoinOptions, Room } from './rooms/rooms.ts';
export { runUntilStopped } from './run.ts';
export { type LoadSettingsOptions, loadSettings } from './settings/load-settings.ts';
export { bundledEndpoints, type RunningServer, startServer } from './start.ts';
export type { Handler, Request } from './transport/gate.ts';
export { InvalidJson, type Socket, SocketClosed } from './transport/socket.ts';
