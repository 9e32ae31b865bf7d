import { environment } from './environment.ts';

const TLS = { route: { ingress: { className: 'contour', tls: { secretName: 'chat-tls' } } } };
const settings = (given: Record<string, unknown>) => ({ server: { settings: given } });
const channels = (withoutNamespace: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  settings({ channels: { withoutNamespace, ...more } });
const annotated = (name: string) => ({
  route: { ingress: { className: 'nginx', annotations: { [name]: 'x' } } },
});
const rotated = { generated: { rotate: {} } };
const existing = (name: string, key = 'password') => ({ existing: { name, key } });

/**
 * Combinations that a rule over several sections refuses: what they are, the fields, code and path, and the fields that
 * just keep the rule.
 */
const TABLE: readonly (readonly [string, Record<string, unknown>, string, Record<string, unknown>])[] = [
  [
    'HSTS on a route without TLS',
    settings({ http: { hstsSeconds: 1 } }),
    'TG1120 spec.server.settings.http.hstsSeconds',
    { ...TLS, ...settings({ http: { hstsSeconds: 1 } }) },
  ],
  [
    'a token in a cookie on a route without TLS',
    settings({ auth: { cookie: 'session' }, cors: { origins: ['https://www.example.com'] } }),
    'TG1121 spec.server.settings.auth.cookie',
    {
      route: { ingress: { className: 'contour' }, gateway: { name: 'public' } },
      ...settings({ auth: { cookie: 'session' }, cors: { origins: ['https://www.example.com'] } }),
    },
  ],
  [
    'cookies for a page over plain HTTP',
    { ...TLS, ...settings({ cors: { origins: ['http://www.example.com'], credentials: true } }) },
    'TG1122 spec.server.settings.cors.origins',
    { ...TLS, ...settings({ cors: { origins: ['http://localhost:3000'], credentials: true } }) },
  ],
  [
    'cookies for all of a top-level domain',
    settings({ cors: { origins: ['https://*.com'], credentials: true } }),
    'TG1123 spec.server.settings.cors.origins',
    settings({ cors: { origins: ['https://*.example.com'], credentials: true } }),
  ],
  [
    'cookies without security headers',
    settings({
      cors: { origins: ['https://www.example.com'], credentials: true },
      http: { securityHeaders: false },
    }),
    'TG1124 spec.server.settings.http.securityHeaders',
    settings({ http: { securityHeaders: false } }),
  ],
  [
    'allowed hosts without its own',
    settings({ http: { allowedHosts: ['www.example.com', '*.chat.example.com'] } }),
    'TG1125 spec.server.settings.http.allowedHosts',
    settings({ http: { allowedHosts: ['www.example.com', '*.EXAMPLE.com'] } }),
  ],
  [
    'limits by addresses that clients make up',
    {
      route: { ingress: { className: 'contour' }, trustedProxies: ['10.0.0.0/8', '::/0'] },
      ...settings({ limits: { requestsPerSecond: 0.5 } }),
    },
    'TG1126 spec.route.trustedProxies',
    { route: { ingress: { className: 'contour' }, trustedProxies: ['10.0.0.0/8', '::/0'] } },
  ],
  [
    'a list of addresses where all clients have one',
    {
      route: { ingress: { className: 'contour' }, trustedProxies: [] },
      ...settings({ addresses: { deny: ['192.0.2.7'] } }),
    },
    'TG1127 spec.route.trustedProxies',
    { route: { ingress: { className: 'contour' }, trustedProxies: [] } },
  ],
  [
    'a snippet',
    annotated('nginx.ingress.kubernetes.io/configuration-snippet'),
    'TG1128 spec.route.ingress.annotations',
    annotated('example.com/snippet'),
  ],
  [
    'an annotation for the idle timeout',
    annotated('nginx.ingress.kubernetes.io/proxy-read-timeout'),
    'TG1129 spec.route.ingress.annotations',
    annotated('nginx.ingress.kubernetes.io/proxy-connect-timeout'),
  ],
  [
    'a range that is allowed and denied',
    settings({ addresses: { allow: ['192.0.2.0/24'], deny: ['192.0.2.0/24'] } }),
    'TG1130 spec.server.settings.addresses.allow',
    settings({ addresses: { allow: ['192.0.2.0/24'], deny: ['192.0.2.7'] } }),
  ],
  [
    'load that is shared by a route that is sticky',
    {
      route: { ingress: { className: 'nginx', controller: 'ingress-nginx' }, sticky: true },
      drain: { rebalance: true },
    },
    'TG1510 spec.drain.rebalance',
    { route: { ingress: { className: 'nginx', controller: 'ingress-nginx' } }, drain: { rebalance: true } },
  ],
  [
    'a drain of more than a day',
    { autoscaling: { max: 10, connectionsPerReplica: 8_641 }, drain: { reconnectsPerSecond: 1 } },
    'TG1131 spec.drain.reconnectsPerSecond',
    { autoscaling: { max: 10, connectionsPerReplica: 8_640 }, drain: { reconnectsPerSecond: 1 } },
  ],
  [
    'a drain longer than an AWS load balancer waits',
    { route: { ingress: { className: 'alb' } }, drain: { reconnectsPerSecond: 13 } },
    'TG1132 spec.drain.reconnectsPerSecond',
    { route: { ingress: { className: 'alb' } }, drain: { reconnectsPerSecond: 14 } },
  ],
  [
    'more sockets than the memory holds',
    { server: { resources: { requests: { memory: '64Mi' }, limits: { memory: '103Mi' } } } },
    'TG1133 spec.server.resources.limits.memory',
    {
      server: {
        resources: { requests: { memory: '64Mi' }, limits: { memory: '128Mi' } },
        settings: { limits: { connections: 8_192 } },
      },
      autoscaling: { connectionsPerReplica: 8_192 },
    },
  ],
  [
    'queues that fill the memory',
    settings({ limits: { queueBytes: 134_217_729 } }),
    'TG1134 spec.server.settings.limits.queueBytes',
    settings({ limits: { queueBytes: 134_217_728 } }),
  ],
  [
    'messages that fit no queue',
    settings({ limits: { messageBytes: 2_049, queueBytes: 2_048 } }),
    'TG1135 spec.server.settings.limits.messageBytes',
    settings({ limits: { messageBytes: 2_048, queueBytes: 2_048 } }),
  ],
  [
    'bodies that fill the memory',
    settings({ http: { bodyBytes: 134_217_729 } }),
    'TG1136 spec.server.settings.http.bodyBytes',
    settings({ http: { bodyBytes: 134_217_728 } }),
  ],
  [
    'a cache that fills the memory',
    {
      redis: { inProcess: {} },
      autoscaling: { min: 1, max: 1 },
      ...settings({ http: { cacheBytes: 268_435_457 } }),
    },
    'TG1137 spec.server.settings.http.cacheBytes',
    settings({ http: { cacheBytes: 268_435_457 } }),
  ],
  [
    'an autoscaler that waits for two processors',
    { server: { resources: { requests: { cpu: 2 } } }, autoscaling: { cpuPercent: 51 } },
    'TG1138 spec.autoscaling.cpuPercent',
    { server: { resources: { requests: { cpu: '2' } } }, autoscaling: { cpuPercent: 50 } },
  ],
  [
    'more replicas than Postgres has memory for',
    { autoscaling: { max: 97 } },
    'TG1139 spec.postgres.standalone.resources.limits.memory',
    { autoscaling: { max: 96 } },
  ],
  [
    'strangers who publish without a limit',
    channels({ allowPublish: 'anyone' }, { anonymous: true }),
    'TG1140 spec.server.settings.limits.messagesPerSecond',
    channels({ allowPublish: 'user' }, { anonymous: true }),
  ],
  [
    'recovery without history',
    channels({}, { namespaces: [{ name: 'news', forceRecovery: true }] }),
    'TG1141 spec.server.settings.channels',
    channels({}, { namespaces: [{ name: 'news', forceRecovery: true, historySize: 1 }] }),
  ],
  [
    'a history for more than may subscribe',
    channels({ historySize: 10, allowSubscribe: 'token', allowHistory: 'user' }),
    'TG1142 spec.server.settings.channels',
    channels({ historySize: 10, allowSubscribe: 'user', allowHistory: 'user' }),
  ],
  [
    'presence for more than may subscribe',
    channels({}, { namespaces: [{ name: 'news', presence: true, allowPresence: 'anyone' }] }),
    'TG1143 spec.server.settings.channels',
    channels({}, { namespaces: [{ name: 'news', presence: true, allowPresence: 'user' }] }),
  ],
  [
    'keys of an issuer without an audience',
    settings({ auth: { jwksUrl: 'https://id.example.com/jwks.json' } }),
    'TG1144 spec.server.settings.auth.audience',
    settings({ auth: { jwksUrl: 'https://id.example.com/jwks.json', audience: ['chat'] } }),
  ],
  [
    'one key for two purposes',
    { secrets: { redis: existing('all'), token: existing('all') } },
    'TG1145 spec.secrets',
    { secrets: { redis: existing('all', 'redis'), token: existing('all', 'token') } },
  ],
  [
    'weak keys that somebody else makes',
    { secrets: { token: existing('token') }, ...settings({ app: { environment: 'development' } }) },
    'TG1146 spec.server.settings.app.environment',
    { secrets: { redis: existing('redis') }, ...settings({ app: { environment: 'development' } }) },
  ],
  [
    'rotation in a Redis of somebody else',
    { redis: { inProcess: {} }, autoscaling: { min: 1, max: 1 }, secrets: { redis: rotated } },
    'TG1492 spec.secrets.redis.generated.rotate',
    { secrets: { redis: rotated } },
  ],
  [
    'credentials among the files that are served',
    settings({ http: { static: { directory: '/etc/tidegate' } } }),
    'TG1147 spec.server.settings.http.static.directory',
    settings({ http: { static: { directory: '/srv/etc' } } }),
  ],
  [
    'a setting of the server from a Secret',
    { server: { secretEnv: { TIDEGATE_AUTH_TOKEN_KEY: { name: 'a', key: 'b' } } } },
    'TG1148 spec.server.secretEnv',
    { server: { secretEnv: { MY_TIDEGATE_KEY: { name: 'a', key: 'b' } } } },
  ],
  [
    'a variable in clear and from a Secret',
    { config: { DB: 'a' }, server: { secretEnv: { DB: { name: 'a', key: 'b' } } } },
    'TG1149 spec.server.secretEnv',
    { config: { DB: 'a' }, server: { secretEnv: { DB_URL: { name: 'a', key: 'b' } } } },
  ],
  [
    'a variable that turns off the check of certificates',
    { config: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
    'TG1150 spec.config',
    { config: { NODE_EXTRA_CA_CERTS: '/etc/ssl/ours.pem' } },
  ],
  [
    'a debugger',
    { config: { NODE_OPTIONS: '--enable-source-maps --inspect=0.0.0.0' } },
    'TG1151 spec.config',
    { config: { NODE_OPTIONS: '--enable-source-maps' } },
  ],
  [
    'two stores at one address',
    {
      redis: { external: { host: 'stores', port: 5432 } },
      postgres: { external: { host: 'stores' } },
      secrets: { redis: existing('redis'), postgres: existing('postgres') },
    },
    'TG1152 spec.postgres.external.port',
    {
      redis: { external: { host: 'stores' } },
      postgres: { external: { host: 'stores' } },
      secrets: { redis: existing('redis'), postgres: existing('postgres') },
    },
  ],
  [
    'Redis at the host of the clients',
    { redis: { external: { host: 'chat.example.com' } }, secrets: { redis: existing('redis') } },
    'TG1153 spec.redis.external.host',
    { redis: { external: { host: 'redis.example.com' } }, secrets: { redis: existing('redis') } },
  ],
  [
    'Postgres at the host of the clients',
    { postgres: { external: { host: 'chat.example.com' } }, secrets: { postgres: existing('db') } },
    'TG1153 spec.postgres.external.host',
    { postgres: { external: { host: 'db.example.com' } }, secrets: { postgres: existing('db') } },
  ],
  [
    'a cluster of Postgres with too little memory for its connections',
    { autoscaling: { max: 225 }, postgres: { cloudNativePG: {} } },
    'TG1460 spec.postgres.cloudNativePG.resources.limits.memory',
    { autoscaling: { max: 224 }, postgres: { cloudNativePG: {} } },
  ],
  [
    'a cluster of Postgres without a pooler, with too little memory for its connections',
    {
      autoscaling: { max: 10 },
      postgres: {
        cloudNativePG: { resources: { requests: { memory: '128Mi' }, limits: { memory: '128Mi' } } },
      },
    },
    'TG1460 spec.postgres.cloudNativePG.resources.limits.memory',
    {
      autoscaling: { max: 10 },
      postgres: {
        cloudNativePG: {
          resources: { requests: { memory: '128Mi' }, limits: { memory: '128Mi' } },
          pooler: {},
        },
      },
    },
  ],
  [
    'a login that CloudNativePG does not read',
    { postgres: { cloudNativePG: {} }, secrets: { postgres: existing('db', 'secret') } },
    'TG1461 spec.secrets.postgres.existing.key',
    { postgres: { cloudNativePG: {} }, secrets: { postgres: existing('db') } },
  ],
  [
    'a password of a cluster that rotates',
    { postgres: { cloudNativePG: {} }, secrets: { postgres: { generated: { rotate: {} } } } },
    'TG1462 spec.secrets.postgres',
    { postgres: { standalone: {} }, secrets: { postgres: { generated: { rotate: {} } } } },
  ],
];

/** As in WRONG_SPECS: what is wrong, a document with it, and the codes and paths that say so. */
export const UNSAFE_SPECS = TABLE.map(
  ([what, spec, problem]) => [what, environment(spec), [problem]] as const,
);

/** What each of them is not, and the fields that are right. */
export const SAFE_SPECS = TABLE.map(([what, , , spec]) => [what, spec] as const);
