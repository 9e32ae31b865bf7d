import { TidegateError } from '../../spec/errors.ts';
import type { HttpServer } from './fastify.ts';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** For a browser on this machine, for example `http://127.0.0.1:8000`. */
  readonly url: string;
}

/** What is asked for: port 0 stands for any free one. */
export type Place = Pick<Address, 'host' | 'port'>;

/** Connections that may wait to be accepted. */
export const BACKLOG = 4_096;

/** Listens. @throws TidegateError TG2003 when the port is taken, TG2001 when it, or the host, cannot be listened on */
export async function listenOnPort(http: HttpServer, { host, port }: Place): Promise<Address> {
  try {
    await http.listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    throw listenFailure(error, { host, port });
  }
  return addressOf(http.server.address(), { host, port });
}

/** What is wrong with the place, if it is that. */
export function listenFailure(error: unknown, { host, port }: Place): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return TidegateError.of('TG2003', 'port', `${host}:${port} is taken by another process`);
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return TidegateError.of('TG2001', 'host', `This machine has no address ${host}`);
  }
  if (code === 'EACCES') {
    return TidegateError.of('TG2001', 'port', `This user may not listen on port ${port}`);
  }
  return error;
}

/** The address that was asked for, with the port that was given. */
export function addressOf(
  bound: ReturnType<HttpServer['server']['address']>,
  { host, port }: Place,
): Address {
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return { host, port: actual, url: `http://${shown}:${actual}` };
}
