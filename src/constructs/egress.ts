import { isIP } from 'node:net';
import type { k8s } from 'cdk8s-plus-34';
import { tcp } from './network-port.ts';

/** Somebody else's server that pods go to. */
export interface Destination {
  /** Host name or address; wherever it is when unset. */
  readonly host?: string | undefined;
  readonly port: number;
}

const SERVICE = /^(?:[^.]+\.)+([^.]+)\.svc(?:\.cluster\.local)?$/;

/**
 * Lets pods out to a destination, as narrowly as a NetworkPolicy can say, which knows no host names:
 *
 * - an address: to it alone, on the port;
 * - a Service by its full name, `redis.stores.svc`: to the pods of its namespace. Policies see the pods behind a Service,
 *   whose port may be another, so any port of theirs;
 * - another name: to the port, wherever it is.
 */
export function egressTo({ host, port }: Destination): k8s.NetworkPolicyEgressRule {
  if (host === undefined) return { ports: [tcp(port)] };
  const family = isIP(host);
  if (family !== 0) {
    return { ports: [tcp(port)], to: [{ ipBlock: { cidr: `${host}/${family === 4 ? 32 : 128}` } }] };
  }
  const namespace = namespaceOf(host);
  if (namespace === undefined) return { ports: [tcp(port)] };
  return { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }] };
}

/** Namespace of a Service that is called by its full name; undefined when the host is none. */
export function namespaceOf(host: string): string | undefined {
  return SERVICE.exec(host)?.[1];
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);

/** Where a URL leads; undefined when that is the pod itself, which no policy keeps it from. */
export function destinationOf(url: string): Destination | undefined {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (LOOPBACK.has(host)) return undefined;
  return { host, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}
