import type { Controller } from '../spec/index.ts';

/** What the annotations are made of; times in seconds. */
export interface IngressNeeds {
  /** Name of the Service behind the Ingress. */
  readonly service: string;
  /** The class that is asked for. */
  readonly className: string;
  /** How long a silent socket may stay open. */
  readonly idleSeconds: number;
  /** How long a target that leaves keeps its sockets. */
  readonly drainSeconds: number;
  readonly tls: boolean;
  /** Whether a cookie brings a client back to its replica. */
  readonly sticky: boolean;
}

/** Name of the cookie that brings a client back, where a controller asks for one. */
export const STICKY_COOKIE = 'tidegate-replica';

/** The most that load balancers of AWS and Azure accept. */
const MOST_ALB_IDLE = 4_000;
const MOST_AZURE_TIMEOUT = 86_400;
const MOST_DRAIN = 3_600;

/**
 * What each controller needs for sockets that stay open: the upgrade, where it is not automatic, and idle timeouts above
 * its default of a minute or less. The Service and objects beside the Ingress may say more: see `serviceAnnotations` and
 * `GkeIngressBackend`.
 *
 * - ingress-nginx upgrades by itself and cuts after 60 s of silence from either side:
 *   https://kubernetes.github.io/ingress-nginx/user-guide/miscellaneous/#websockets
 *   https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#session-affinity
 * - F5 NGINX upgrades only for the Services that are named and cuts after 60 s of silence; sticky cookies are NGINX Plus's:
 *   https://docs.nginx.com/nginx-ingress-controller/configuration/ingress-resources/advanced-configuration-with-annotations/
 * - Traefik upgrades by itself and has no idle timeout on upgraded connections; the entry point follows from TLS:
 *   https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/
 * - HAProxy upgrades by itself; `tunnel` rules upgraded connections, `server` the time until the upgrade:
 *   https://www.haproxy.com/documentation/kubernetes-ingress/community/configuration-reference/ingress/
 * - Contour upgrades only the paths that are named; its idle timeout is set on the listener, so pings must beat it:
 *   https://projectcontour.io/docs/main/config/annotations/
 * - AWS ALB upgrades by itself and cuts after 60 s; the attribute ends at 4,000 s, deregistration at 3,600 s:
 *   https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 * - GKE reads the class from the annotation, not from `ingressClassName`, and listens on 80 too unless told otherwise:
 *   https://cloud.google.com/kubernetes-engine/docs/concepts/ingress
 * - Azure's Application Gateway upgrades by itself; its request timeout (30 s, at most a day) cuts silent sockets too, and it
 *   drains only when told to, for an hour at most:
 *   https://learn.microsoft.com/azure/application-gateway/ingress-controller-annotations
 */
export const ingressAnnotations: Readonly<
  Record<Controller, (needs: IngressNeeds) => Readonly<Record<string, string>>>
> = {
  'ingress-nginx': ({ idleSeconds, sticky }) => ({
    'nginx.ingress.kubernetes.io/proxy-read-timeout': `${idleSeconds}`,
    'nginx.ingress.kubernetes.io/proxy-send-timeout': `${idleSeconds}`,
    ...(sticky && {
      'nginx.ingress.kubernetes.io/affinity': 'cookie',
      'nginx.ingress.kubernetes.io/session-cookie-name': STICKY_COOKIE,
    }),
  }),
  'f5-nginx': ({ idleSeconds, service, sticky }) => ({
    'nginx.org/websocket-services': service,
    'nginx.org/proxy-read-timeout': `${idleSeconds}s`,
    'nginx.org/proxy-send-timeout': `${idleSeconds}s`,
    ...(sticky && {
      'nginx.com/sticky-cookie-services': `serviceName=${service} ${STICKY_COOKIE} path=/`,
    }),
  }),
  traefik: ({ tls }) => ({
    'traefik.ingress.kubernetes.io/router.entrypoints': tls ? 'websecure' : 'web',
  }),
  haproxy: ({ idleSeconds, sticky }) => ({
    'haproxy.org/timeout-server': `${idleSeconds}s`,
    'haproxy.org/timeout-tunnel': `${idleSeconds}s`,
    ...(sticky && { 'haproxy.org/cookie-persistence': STICKY_COOKIE }),
  }),
  contour: () => ({
    'projectcontour.io/websocket-routes': '/',
    'projectcontour.io/response-timeout': 'infinity',
  }),
  'aws-alb': ({ idleSeconds, drainSeconds, tls, sticky }) => ({
    'alb.ingress.kubernetes.io/target-type': 'ip',
    'alb.ingress.kubernetes.io/listen-ports': tls ? '[{"HTTPS":443}]' : '[{"HTTP":80}]',
    'alb.ingress.kubernetes.io/healthcheck-path': '/readyz',
    'alb.ingress.kubernetes.io/load-balancer-attributes': `idle_timeout.timeout_seconds=${Math.min(idleSeconds, MOST_ALB_IDLE)}`,
    'alb.ingress.kubernetes.io/target-group-attributes': [
      `deregistration_delay.timeout_seconds=${Math.min(drainSeconds, MOST_DRAIN)}`,
      ...(sticky ? ['stickiness.enabled=true', 'stickiness.type=lb_cookie'] : []),
    ].join(','),
  }),
  gke: ({ className, tls }) => ({
    'kubernetes.io/ingress.class': className,
    ...(tls && { 'kubernetes.io/ingress.allow-http': 'false' }),
  }),
  'azure-agic': ({ idleSeconds, drainSeconds, tls, sticky }) => ({
    'appgw.ingress.kubernetes.io/request-timeout': `${Math.min(idleSeconds, MOST_AZURE_TIMEOUT)}`,
    'appgw.ingress.kubernetes.io/connection-draining': 'true',
    'appgw.ingress.kubernetes.io/connection-draining-timeout': `${Math.min(drainSeconds, MOST_DRAIN)}`,
    'appgw.ingress.kubernetes.io/health-probe-path': '/readyz',
    ...(tls && { 'appgw.ingress.kubernetes.io/ssl-redirect': 'true' }),
    ...(sticky && { 'appgw.ingress.kubernetes.io/cookie-based-affinity': 'true' }),
  }),
};
