export type { Handler, Request } from './gate.ts';
export { type LoadSettingsOptions, loadSettings } from './load-settings.ts';
export { createLogger } from './log.ts';
export type { Address, EndpointOptions, RealtimeApp, RealtimeOptions } from './realtime.ts';
export { realtime } from './realtime.ts';
export type { JoinOptions, Room } from './rooms.ts';
export { runUntilStopped } from './run.ts';
export { InvalidJson, type Socket, SocketClosed } from './socket.ts';
export { bundledEndpoints, type RunningServer, startServer } from './start.ts';
