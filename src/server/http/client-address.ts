import type { IncomingMessage } from 'node:http';
import proxyAddress from '@fastify/proxy-addr';

/** Finds the address of a client: the one that trusted proxies tell in X-Forwarded-For, or the one it comes from. */
export function clientAddress(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  if (trustedProxies.length === 0) return ({ socket }) => socket.remoteAddress ?? '';
  const trusted = proxyAddress.compile([...trustedProxies]);
  return (request) => proxyAddress(request, trusted);
}
