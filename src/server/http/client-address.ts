import type { IncomingMessage } from 'node:http';
import proxyAddress from '@fastify/proxy-addr';
import type { UpgradeRequest } from '../websocket/upgrade-request.ts';

/** Finds the address of a client: the one that trusted proxies tell in X-Forwarded-For, or the one it comes from. */
export function clientAddress(trustedProxies: readonly string[]): (request: UpgradeRequest) => string {
  if (trustedProxies.length === 0) return ({ socket }) => plain(socket.remoteAddress ?? '');
  const trusted = proxyAddress.compile([...trustedProxies]);
  return (request) => plain(proxyAddress(request as IncomingMessage, trusted) ?? '');
}

/** A socket that listens on `::` gives IPv4 addresses within IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=[0-9.]+$)/i, '');
}
