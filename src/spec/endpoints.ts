import type { EnvironmentSpec } from './environment.ts';

/** Where clients connect by one route. */
export interface RouteEndpoint {
  readonly route: 'ingress' | 'gateway';
  /** For example `wss://chat.example.com`. */
  readonly url: string;
}

/**
 * Where clients connect, the Gateway first. An Ingress says whether it ends TLS; a Gateway does so at its listener, which
 * is not ours to see, so there TLS is taken for granted.
 */
export function endpoints({
  host,
  route,
}: Pick<EnvironmentSpec, 'host' | 'route'>): readonly RouteEndpoint[] {
  const { ingress, gateway } = route;
  return [
    ...(gateway === undefined ? [] : [{ route: 'gateway' as const, url: `wss://${host}` }]),
    ...(ingress === undefined
      ? []
      : [{ route: 'ingress' as const, url: `${ingress.tls === undefined ? 'ws' : 'wss'}://${host}` }]),
  ];
}
