export { advisedDelay, type BackOff, backOffDelay } from './back-off.ts';
export { reconnectsAfter } from './close-code.ts';
export type { BinaryTypes, Loss, SocketData, SocketEvents, SocketState } from './events.ts';
export type { Address, SocketOptions } from './options.ts';
export { ReconnectingSocket, type SendResult } from './reconnecting-socket.ts';
export type { QueueOptions } from './send-queue.ts';
