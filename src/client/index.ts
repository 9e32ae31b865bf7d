export { advisedDelay, type BackOff, backOffDelay } from './back-off.ts';
export {
  ReconnectingSocket,
  type SocketEvents,
  type SocketOptions,
  type SocketState,
} from './reconnecting-socket.ts';
