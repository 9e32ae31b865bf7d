import type { Sections, SpecRule } from './sections.ts';

/** What proxies in front of the server say and do: hosts, addresses of clients, annotations. */

const limits = ({ server }: Sections) => server.settings.limits;
const LIMITS = 'self.server.settings.limits';

/** Whether anything depends on what address a client has. */
const looksAtAddresses = (spec: Sections) =>
  limits(spec).connectionsPerIp > 0 ||
  limits(spec).handshakesPerSecond > 0 ||
  limits(spec).requestsPerSecond > 0 ||
  spec.server.settings.addresses.allow.length > 0 ||
  spec.server.settings.addresses.deny.length > 0;
const LOOKS_AT_ADDRESSES = `(${LIMITS}.connectionsPerIp > 0 || ${LIMITS}.handshakesPerSecond > 0.0 || ${LIMITS}.requestsPerSecond > 0.0 || size(self.server.settings.addresses.allow) > 0 || size(self.server.settings.addresses.deny) > 0)`;

const everyAnnotation = ({ route }: Sections, isRight: (name: string) => boolean) =>
  Object.keys(route.ingress?.annotations ?? {}).every(isRight);
const everyAnnotationMatches = (pattern: RegExp) =>
  `!has(self.route.ingress) || !has(self.route.ingress.annotations) || self.route.ingress.annotations.all(name, !name.matches('${pattern.source}'))`;

const SNIPPET = /-snippets?$/;
const IDLE_TIMEOUT = /(proxy-read-timeout|proxy-send-timeout|timeout-tunnel)$/;

export const proxyRules: readonly SpecRule[] = [
  {
    code: 'TG1125',
    path: ['server', 'settings', 'http', 'allowedHosts'],
    test: ({ host, server }) =>
      server.settings.http.allowedHosts
        .map((pattern) => pattern.toLowerCase())
        .some(
          (pattern) =>
            pattern === '*' || pattern === host || (/^\*\./.test(pattern) && host.endsWith(pattern.slice(1))),
        ),
    cel: `self.server.settings.http.allowedHosts.exists(pattern, pattern == '*' || pattern.lowerAscii() == self.host || (pattern.startsWith('*.') && self.host.endsWith(pattern.lowerAscii().substring(1))))`,
    reason: 'Clients come to host, which is not among the hosts that requests may name',
  },
  {
    code: 'TG1126',
    path: ['route', 'trustedProxies'],
    test: (spec) =>
      !looksAtAddresses(spec) || spec.route.trustedProxies.every((range) => !range.endsWith('/0')),
    cel: `!${LOOKS_AT_ADDRESSES} || self.route.trustedProxies.all(range, !range.endsWith('/0'))`,
    reason:
      'Every client is trusted to tell its own address, and limits or lists of addresses are built on that',
  },
  {
    code: 'TG1127',
    path: ['route', 'trustedProxies'],
    test: (spec) => !looksAtAddresses(spec) || spec.route.trustedProxies.length > 0,
    cel: `!${LOOKS_AT_ADDRESSES} || size(self.route.trustedProxies) > 0`,
    reason:
      'With no trusted proxy all clients have the address of the one in front, so that limits and lists meet all at once',
  },
  {
    code: 'TG1128',
    path: ['route', 'ingress', 'annotations'],
    test: (spec) => everyAnnotation(spec, (name) => !SNIPPET.test(name)),
    cel: everyAnnotationMatches(SNIPPET),
    reason:
      'A snippet is put into the configuration of the controller as it is, and can read the Secrets of all namespaces',
  },
  {
    code: 'TG1129',
    path: ['route', 'ingress', 'annotations'],
    test: (spec) => everyAnnotation(spec, (name) => !IDLE_TIMEOUT.test(name)),
    cel: everyAnnotationMatches(IDLE_TIMEOUT),
    reason: 'The annotation wins over route.idleTimeoutSeconds, which pings are held against',
  },
  {
    code: 'TG1130',
    path: ['server', 'settings', 'addresses', 'allow'],
    test: ({ server: { settings } }) =>
      settings.addresses.allow.every((range) => !settings.addresses.deny.includes(range)),
    cel: 'self.server.settings.addresses.allow.all(range, !(range in self.server.settings.addresses.deny))',
    reason: 'A range is both allowed and denied, and who is denied stays out',
  },
  {
    code: 'TG1510',
    path: ['drain', 'rebalance'],
    test: ({ drain, route }) => !(drain.rebalance && route.sticky),
    cel: '!(self.drain.rebalance && self.route.sticky)',
    reason: 'Who is sent away to share the load comes back to the same replica while the route is sticky',
  },
];
