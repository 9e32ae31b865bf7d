import { z } from 'zod';

/** A server as settings name it. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** Ports of Redis and of its Sentinels where none is given. */
export const REDIS_PORT = 6_379;
export const SENTINEL_PORT = 26_379;

const HOST = /\[[0-9a-fA-F:.]+\]|[0-9A-Za-z_][-.0-9A-Za-z_]*/;
/** From 1 to 65535. */
const PORT = /[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]/;

/** `cache`, `cache:6379` or `[::1]:6379`. */
export const address = z
  .string()
  .max(261)
  .regex(new RegExp(`^(${HOST.source})(:(${PORT.source}))?$`), 'Must be host:port, for example redis-1:6379');

/** Reads `host`, `host:port` or `[::1]:port`. */
export function addressOf(text: string, defaultPort: number): ServerAddress {
  const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? defaultPort : Number(port),
  };
}
