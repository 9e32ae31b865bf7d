import { z } from 'zod';
import { addressRange, dnsLabel, dnsName } from './field.ts';
import { mayBeLate } from './may-be-late.ts';
import { type Rule, withRules } from './rule.ts';

/** Ingress controllers whose WebSocket annotations are known. */
export const CONTROLLERS = [
  'ingress-nginx',
  'f5-nginx',
  'traefik',
  'haproxy',
  'contour',
  'aws-alb',
  'gke',
  'azure-agic',
] as const;
export type Controller = (typeof CONTROLLERS)[number];

/**
 * Class names that say by themselves which controller serves them. Both controllers of NGINX call theirs `nginx`, so that
 * F5's must be named.
 */
export const CONTROLLER_OF_CLASS: Readonly<Record<string, Controller>> = {
  nginx: 'ingress-nginx',
  'ingress-nginx': 'ingress-nginx',
  traefik: 'traefik',
  haproxy: 'haproxy',
  contour: 'contour',
  alb: 'aws-alb',
  'aws-alb': 'aws-alb',
  gce: 'gke',
  'gce-internal': 'gke',
  'azure-application-gateway': 'azure-agic',
};

const ingress = z.strictObject({
  className: dnsName.describe('IngressClass to use, for example contour'),
  controller: z
    .enum(CONTROLLERS)
    .optional()
    .describe('What serves the class; said by the class name where that is a known one'),
  tls: z
    .strictObject({
      secretName: mayBeLate(dnsName).describe('Secret of type kubernetes.io/tls for the host'),
    })
    .optional()
    .describe('Ends TLS at the Ingress'),
  annotations: z
    .record(z.string().max(317), mayBeLate(z.string().max(4096)))
    .optional()
    .describe('Annotations added to the Ingress; they win over those that Tidegate sets'),
});

const knownController: Rule<z.output<typeof ingress>> = {
  code: 'TG1103',
  path: ['className'],
  test: (value) => value.controller !== undefined || Object.hasOwn(CONTROLLER_OF_CLASS, value.className),
  cel: `has(self.controller) || self.className in [${Object.keys(CONTROLLER_OF_CLASS)
    .map((name) => `'${name}'`)
    .join(', ')}]`,
  reason: 'The class name does not say which controller serves it',
};

/** Implementations of the Gateway API that have policies of their own for what an HTTPRoute cannot say. */
export const IMPLEMENTATIONS = ['envoy-gateway', 'gke'] as const;

const gateway = z.strictObject({
  name: mayBeLate(dnsName).describe('Gateway to attach to'),
  namespace: mayBeLate(dnsLabel)
    .optional()
    .describe("Namespace of the Gateway; the environment's own by default"),
  sectionName: mayBeLate(dnsName)
    .optional()
    .describe('Listener of the Gateway; all that admit the host by default'),
  implementation: z
    .enum(IMPLEMENTATIONS)
    .optional()
    .describe(
      'What serves the Gateway; its policies are added then, for idle timeouts, drain and stickiness',
    ),
  clientTrafficPolicy: z
    .boolean()
    .optional()
    .describe(
      "Adds Envoy Gateway's ClientTrafficPolicy, for every route of the Gateway, which must be this environment's own",
    ),
});

const ownListener: Rule<z.output<typeof gateway>> = {
  code: 'TG1181',
  path: ['clientTrafficPolicy'],
  test: (value) =>
    value.clientTrafficPolicy !== true ||
    (value.implementation === 'envoy-gateway' && value.namespace === undefined),
  cel: "!has(self.clientTrafficPolicy) || !self.clientTrafficPolicy || (has(self.implementation) && self.implementation == 'envoy-gateway' && !has(self.namespace))",
  reason: 'A ClientTrafficPolicy is Envoy Gateway’s, and stands in the namespace of the Gateway it is for',
};

/**
 * Where proxies within a cluster come from: private networks (RFC 1918, RFC 4193), the shared one that some clouds give to
 * pods (RFC 6598), and loopback, for sidecars. No client on the Internet has such an address.
 */
const CLUSTER_NETWORKS = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
  ...['127.0.0.0/8', '::1'],
];

const route = z.strictObject({
  ingress: withRules(ingress, [knownController]).optional().describe('Route by an Ingress'),
  gateway: withRules(gateway, [ownListener]).optional().describe('Route by a Gateway API HTTPRoute'),
  idleTimeoutSeconds: z
    .int()
    .min(10)
    .max(86_400)
    .default(3_600)
    .describe('Seconds a proxy may keep a silent socket; pings come more often than this'),
  sticky: z
    .boolean()
    .default(false)
    .describe(
      'Brings a client back to the replica it was on, by a cookie; nothing of the server needs it, an application may',
    ),
  trustedProxies: z
    .array(addressRange)
    .max(64)
    .default(CLUSTER_NETWORKS)
    .describe(
      'Addresses (CIDR) of the proxies in front of the server, whose X-Forwarded-For tells the address of a client; private networks by default',
    ),
});

const someRoute: Rule<z.output<typeof route>> = {
  code: 'TG1102',
  path: [],
  test: (value) => value.ingress !== undefined || value.gateway !== undefined,
  cel: 'has(self.ingress) || has(self.gateway)',
  reason: 'An environment needs an ingress, a gateway, or both',
};

const canStick: Rule<z.output<typeof route>> = {
  code: 'TG1180',
  path: ['sticky'],
  test: ({ sticky, ingress, gateway }) =>
    !sticky ||
    ((ingress === undefined || nameOfController(ingress) !== 'contour') &&
      (gateway === undefined || gateway.implementation !== undefined)),
  cel: "!self.sticky || ((!has(self.ingress) || (has(self.ingress.controller) ? self.ingress.controller : self.ingress.className) != 'contour') && (!has(self.gateway) || has(self.gateway.implementation)))",
  reason: 'Neither an Ingress of Contour nor a plain HTTPRoute can bring clients back to their replica',
};

/** Route to the outside; both ways at once for moving from one to the other. */
export const Route = withRules(route, [someRoute, canStick]);
export type Route = z.output<typeof Route>;
export type IngressRoute = NonNullable<Route['ingress']>;
export type GatewayRoute = NonNullable<Route['gateway']>;

/** The controller of an Ingress: the one named, else the one its class is known for. */
export function controllerOf(route: IngressRoute): Controller {
  const controller = nameOfController(route);
  if (controller === undefined) throw new Error(`No controller for ingress class ${route.className}`);
  return controller;
}

function nameOfController({ controller, className }: z.output<typeof ingress>): Controller | undefined {
  return controller ?? CONTROLLER_OF_CLASS[className];
}
