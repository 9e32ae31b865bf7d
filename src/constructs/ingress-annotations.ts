import type { Controller } from '../spec/index.ts';

/** What the annotations are made of; times in seconds. */
export interface IngressTimeouts {
  /** How long a silent socket may stay open. */
  readonly idleSeconds: number;
  /** How long a target that leaves keeps its sockets. */
  readonly drainSeconds: number;
  readonly tls: boolean;
}

/** The most that an AWS load balancer accepts. */
const MOST_ALB_IDLE = 4_000;
const MOST_ALB_DRAIN = 3_600;

/**
 * What each controller needs for sockets that stay open: the upgrade, where it is not automatic, and idle timeouts above
 * its default of a minute or less.
 *
 * - ingress-nginx upgrades by itself and cuts after 60 s of silence from either side:
 *   https://kubernetes.github.io/ingress-nginx/user-guide/miscellaneous/#websockets
 * - Traefik upgrades by itself and has no idle timeout on upgraded connections; the entry point follows from TLS:
 *   https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/
 * - HAProxy upgrades by itself; `tunnel` rules upgraded connections, `server` the time until the upgrade:
 *   https://www.haproxy.com/documentation/kubernetes-ingress/community/configuration-reference/ingress/
 * - Contour upgrades only the paths that are named; its idle timeout is set on the listener, so pings must beat it:
 *   https://projectcontour.io/docs/main/config/annotations/
 * - AWS ALB upgrades by itself and cuts after 60 s; the attribute ends at 4,000 s, deregistration at 3,600 s:
 *   https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 */
export const ingressAnnotations: Readonly<
  Record<Controller, (timeouts: IngressTimeouts) => Readonly<Record<string, string>>>
> = {
  'ingress-nginx': ({ idleSeconds }) => ({
    'nginx.ingress.kubernetes.io/proxy-read-timeout': `${idleSeconds}`,
    'nginx.ingress.kubernetes.io/proxy-send-timeout': `${idleSeconds}`,
  }),
  traefik: ({ tls }) => ({
    'traefik.ingress.kubernetes.io/router.entrypoints': tls ? 'websecure' : 'web',
  }),
  haproxy: ({ idleSeconds }) => ({
    'haproxy.org/timeout-server': `${idleSeconds}s`,
    'haproxy.org/timeout-tunnel': `${idleSeconds}s`,
  }),
  contour: () => ({
    'projectcontour.io/websocket-routes': '/',
    'projectcontour.io/response-timeout': 'infinity',
  }),
  'aws-alb': ({ idleSeconds, drainSeconds, tls }) => ({
    'alb.ingress.kubernetes.io/target-type': 'ip',
    'alb.ingress.kubernetes.io/listen-ports': tls ? '[{"HTTPS":443}]' : '[{"HTTP":80}]',
    'alb.ingress.kubernetes.io/healthcheck-path': '/readyz',
    'alb.ingress.kubernetes.io/load-balancer-attributes': `idle_timeout.timeout_seconds=${Math.min(idleSeconds, MOST_ALB_IDLE)}`,
    'alb.ingress.kubernetes.io/target-group-attributes': `deregistration_delay.timeout_seconds=${Math.min(drainSeconds, MOST_ALB_DRAIN)}`,
  }),
};
