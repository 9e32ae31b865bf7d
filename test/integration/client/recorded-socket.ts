import {
  type Address,
  type BinaryTypes,
  ReconnectingSocket,
  type SocketEvents,
  type SocketOptions,
} from '../../../src/client/index.ts';

const NAMES = ['state', 'message', 'binary', 'reconnecting', 'dropped', 'close'] as const;

/** A client with short waits, all its events, and promises of the next ones. */
export function connect<Type extends keyof BinaryTypes = 'arraybuffer'>(
  url: Address,
  options: SocketOptions<Type> = {},
) {
  const socket = new ReconnectingSocket(url, { baseDelayMs: 1, maxDelayMs: 4, ...options });
  const events: unknown[][] = [];
  for (const name of NAMES) socket.on(name, (event) => events.push([name, event]));

  function next<Name extends keyof SocketEvents<Type>>(
    name: Name,
    fits: (event: SocketEvents<Type>[Name]) => boolean = () => true,
  ): Promise<SocketEvents<Type>[Name]> {
    return new Promise((resolve) => {
      const stop = socket.on(name, (event) => {
        if (!fits(event)) return;
        stop();
        resolve(event);
      });
    });
  }

  return {
    socket,
    events,
    next,
    opened: () => next('state', (state) => state === 'open'),
    of: (name: keyof SocketEvents) => events.filter(([of]) => of === name).map(([, event]) => event),
    [Symbol.dispose]: () => socket.close(),
  };
}
