import { environment } from './environment.ts';

/** What is wrong, a document with it, and the codes and paths that say so. */
export const WRONG_SPECS: readonly (readonly [string, unknown, readonly string[]])[] = [
  ['nothing', undefined, ['TG1004']],
  ['text', 'chat', ['TG1004']],
  ['another kind', { ...environment(), kind: 'Deployment' }, ['TG1004']],
  ['another version', { ...environment(), apiVersion: 'tidegate.dev/v9' }, ['TG1004']],
  ['no name', { ...environment(), metadata: {} }, ['TG1002 metadata.name']],
  [
    'a name that is too long',
    { ...environment(), metadata: { name: 'x'.repeat(41) } },
    ['TG1003 metadata.name'],
  ],
  ['a misspelt field', environment({ hots: 'a' }), ['TG1001 spec.hots']],
  [
    'a misspelt deep field',
    environment({ server: { settings: { ping: { interval: 1 } } } }),
    ['TG1001 spec.server.settings.ping.interval'],
  ],
  ['no host', environment({ host: undefined }), ['TG1002 spec.host']],
  ['a host with a scheme', environment({ host: 'https://chat' }), ['TG1003 spec.host']],
  ['a number as text', environment({ autoscaling: { min: '2' } }), ['TG1003 spec.autoscaling.min']],
  [
    'a quantity with a wrong unit',
    environment({ postgres: { standalone: { storage: '1GB' } } }),
    ['TG1003 spec.postgres.standalone.storage'],
  ],
  ['no route', environment({ route: {} }), ['TG1102 spec.route']],
  [
    'an ingress class nobody knows',
    environment({ route: { ingress: { className: 'edge' } } }),
    ['TG1103 spec.route.ingress.className'],
  ],
  [
    'two cases of a choice',
    environment({ autoscaling: { min: 1, max: 1 }, redis: { standalone: {}, inProcess: {} } }),
    ['TG1101 spec.redis'],
  ],
  ['no case of a choice', environment({ postgres: {} }), ['TG1101 spec.postgres']],
  [
    'an end that leaves volumes behind',
    environment({ lifecycle: { ttl: '8h' } }),
    ['TG1170 spec.lifecycle.ttl'],
  ],
  [
    'a lifetime without a unit',
    environment({ lifecycle: { ttl: '90' }, retention: 'Delete' }),
    ['TG1003 spec.lifecycle.ttl'],
  ],
  [
    'sleep after a time without a unit',
    environment({ lifecycle: { hibernate: { after: '30' } } }),
    ['TG1003 spec.lifecycle.hibernate.after'],
  ],
  [
    'sleep after no time',
    environment({ lifecycle: { hibernate: {} } }),
    ['TG1002 spec.lifecycle.hibernate.after'],
  ],
  [
    'an overlap shorter than what a Secret takes to every pod',
    environment({ secrets: { token: { generated: { rotate: { overlap: '9m' } } } } }),
    ['TG1490 spec.secrets.token.generated.rotate.overlap'],
  ],
  [
    'rotations that run into each other',
    environment({ secrets: { api: { generated: { rotate: { every: '24h' } } } } }),
    ['TG1491 spec.secrets.api.generated.rotate.every'],
  ],
  [
    'a generated password for a Redis elsewhere, though it has one of its own characters',
    environment({
      redis: { external: { host: 'r' } },
      secrets: { redis: { generated: { charset: 'hex' } } },
    }),
    ['TG1111 spec.secrets.redis'],
  ],
  ['min over max', environment({ autoscaling: { min: 3, max: 2 } }), ['TG1104 spec.autoscaling.min']],
  ['replicas without a broker', environment({ redis: { inProcess: {} } }), ['TG1105 spec.redis.inProcess']],
  [
    'a proxy quicker than the pings',
    environment({ route: { ingress: { className: 'contour' }, idleTimeoutSeconds: 39 } }),
    ['TG1106 spec.route.idleTimeoutSeconds'],
  ],
  [
    'a grace shorter than the drain',
    environment({ drain: { graceSeconds: 49 } }),
    ['TG1107 spec.drain.graceSeconds'],
  ],
  [
    'any origin with credentials',
    environment({ server: { settings: { cors: { credentials: true } } } }),
    ['TG1108 spec.server.settings.cors.credentials'],
  ],
  [
    'a cookie from any origin',
    environment({
      route: { ingress: { className: 'contour', tls: { secretName: 'chat-tls' } } },
      server: { settings: { auth: { cookie: 'session' } } },
    }),
    ['TG1115 spec.server.settings.auth.cookie'],
  ],
  ['a secret by name', environment({ config: { DB_PASSWORD: 'x' } }), ['TG1109 spec.config']],
  ['a secret in a URL', environment({ config: { DB: 'postgres://me:pw@db/x' } }), ['TG1109 spec.config']],
  ['a reserved variable', environment({ config: { TIDEGATE_PORT: '1' } }), ['TG1110 spec.config']],
  ['a variable that is no name', environment({ config: { 'a-b': '1' } }), ['TG1003 spec.config.a-b']],
  [
    'a generated password for an external Postgres',
    environment({ postgres: { external: { host: 'db' } } }),
    ['TG1111 spec.secrets.postgres'],
  ],
  [
    'more replicas than an external Postgres has connections for',
    environment({
      autoscaling: { max: 46 },
      postgres: { external: { host: 'db' } },
      secrets: { postgres: { existing: { name: 'db', key: 'password' } } },
    }),
    ['TG1112 spec.postgres.external.maxConnections'],
  ],
  [
    'replicas that refuse what they are to hold',
    environment({ server: { settings: { limits: { connections: 4999 } } } }),
    ['TG1113 spec.server.settings.limits.connections'],
  ],
  [
    'addresses that are none',
    environment({
      route: {
        ingress: { className: 'contour' },
        trustedProxies: [
          '10.0.0.0/8',
          '10.0.0.0/33',
          '010.0.0.1',
          '::ffff:10.0.0.1',
          'fe80::1%eth0',
          'proxy',
        ],
      },
    }),
    [1, 2, 3, 4, 5].map((index) => `TG1003 spec.route.trustedProxies.${index}`),
  ],
  [
    'an origin with a path',
    environment({ server: { settings: { cors: { origins: ['https://example.com/'] } } } }),
    ['TG1003 spec.server.settings.cors.origins.0'],
  ],
  [
    'more memory reserved than allowed',
    environment({ server: { resources: { requests: { memory: '1Gi' }, limits: { memory: '1000M' } } } }),
    ['TG1114 spec.server.resources.requests.memory'],
  ],
  [
    'more CPU reserved than allowed',
    environment({
      postgres: { standalone: { resources: { requests: { cpu: 1 }, limits: { cpu: '999m' } } } },
    }),
    ['TG1114 spec.postgres.standalone.resources.requests.cpu'],
  ],
  [
    'a volume on which Redis cannot rewrite its log',
    environment({
      redis: { standalone: { storage: '1Gi', resources: { limits: { memory: '513Mi' } } } },
    }),
    ['TG1116 spec.redis.standalone.storage'],
  ],
  [
    'a volume on which a Redis with Sentinels cannot rewrite its log',
    environment({ redis: { sentinel: { storage: '511Mi' } } }),
    ['TG1116 spec.redis.sentinel.storage'],
  ],
  [
    'an even number of Sentinels',
    environment({ redis: { sentinel: { replicas: 4 } } }),
    ['TG1440 spec.redis.sentinel.replicas'],
  ],
  [
    'Sentinels that no majority survives',
    environment({ redis: { sentinel: { replicas: 1 } } }),
    ['TG1003 spec.redis.sentinel.replicas'],
  ],
  [
    'two authors of one certificate',
    environment({ redis: { standalone: { tls: { secretName: 'tls', issuer: { name: 'ca' } } } } }),
    ['TG1101 spec.redis.standalone.tls'],
  ],
  [
    'an external Redis that is nowhere',
    environment({
      redis: { external: { tls: true } },
      secrets: { redis: { existing: { name: 'redis', key: 'password' } } },
    }),
    ['TG1441 spec.redis.external'],
  ],
  [
    'an external Redis in two ways',
    environment({
      redis: { external: { host: 'cache', cluster: { nodes: ['n1'] } } },
      secrets: { redis: { existing: { name: 'redis', key: 'password' } } },
    }),
    ['TG1441 spec.redis.external'],
  ],
  [
    'a node of a Cluster with a database',
    environment({
      redis: { external: { cluster: { nodes: ['n1:6379/1'] } } },
      secrets: { redis: { existing: { name: 'redis', key: 'password' } } },
    }),
    ['TG1003 spec.redis.external.cluster.nodes.0'],
  ],
  [
    'authorities for a Redis without TLS',
    environment({
      redis: { external: { host: 'cache', tlsCa: { name: 'ca', key: 'ca.crt' } } },
      secrets: { redis: { existing: { name: 'redis', key: 'password' } } },
    }),
    ['TG1442 spec.redis.external.tls'],
  ],
  [
    'stickiness that Contour has not',
    environment({ route: { ingress: { className: 'contour' }, sticky: true } }),
    ['TG1180 spec.route.sticky'],
  ],
  [
    'stickiness of a plain HTTPRoute',
    environment({ route: { gateway: { name: 'public' }, sticky: true } }),
    ['TG1180 spec.route.sticky'],
  ],
  [
    'a policy for a Gateway elsewhere',
    environment({
      route: {
        gateway: {
          name: 'public',
          namespace: 'infra',
          implementation: 'envoy-gateway',
          clientTrafficPolicy: true,
        },
      },
    }),
    ['TG1181 spec.route.gateway.clientTrafficPolicy'],
  ],
  [
    'more sockets aimed at than the drain is sized for',
    environment({ autoscaling: { connectionsTarget: 5001 } }),
    ['TG1182 spec.autoscaling.connectionsTarget'],
  ],
  [
    'KEDA without the Prometheus it is to ask',
    environment({ autoscaling: { connectionsTarget: 5000, keda: {} } }),
    ['TG1183 spec.autoscaling.keda.prometheus'],
  ],
  [
    'a sidecar that may do everything',
    environment({
      server: {
        sidecars: [
          { name: 'agent', image: 'agent:1', securityContext: { privileged: true } },
          { name: 'root', image: 'agent:1', securityContext: { runAsUser: 0 } },
          { name: 'sys', image: 'agent:1', securityContext: { addCapabilities: ['SYS_ADMIN'] } },
          { name: 'net', image: 'agent:1', securityContext: { addCapabilities: ['NET_BIND_SERVICE'] } },
        ],
      },
    }),
    [0, 1, 2].map((index) => `TG1187 spec.server.sidecars.${index}.securityContext`),
  ],
  [
    'a sidecar and a volume with names of the server’s own',
    environment({
      server: {
        sidecars: [{ name: 'server', image: 'agent:1' }],
        volumes: [{ name: 'secret-redis', mountPath: '/a', from: { emptyDir: {} } }],
      },
    }),
    ['TG1184 spec.server.volumes', 'TG1184 spec.server.sidecars'],
  ],
  [
    'volumes with one name, at one path',
    environment({
      server: {
        volumes: [
          { name: 'a', mountPath: '/a', from: { emptyDir: {} } },
          { name: 'a', mountPath: '/a', from: { emptyDir: {} } },
        ],
      },
    }),
    ['TG1185 spec.server.volumes', 'TG1188 spec.server.volumes'],
  ],
  [
    'a volume over the server’s settings',
    environment({
      server: { volumes: [{ name: 'a', mountPath: '/etc/tidegate/x', from: { emptyDir: {} } }] },
    }),
    ['TG1188 spec.server.volumes'],
  ],
  [
    'a sidecar that mounts what is not there',
    environment({
      server: {
        sidecars: [
          { name: 'agent', image: 'agent:1', volumeMounts: [{ name: 'models', mountPath: '/models' }] },
          { name: 'agent', image: 'agent:1' },
        ],
      },
    }),
    ['TG1185 spec.server.sidecars', 'TG1186 spec.server.sidecars'],
  ],
  [
    'tolerations that no pod may have',
    environment({
      server: {
        scheduling: {
          tolerations: [
            { value: 'gpu' },
            { key: 'gpu', operator: 'Exists', value: 'yes' },
            { operator: 'Exists', tolerationSeconds: 5 },
            { operator: 'Exists' },
          ],
        },
      },
    }),
    [0, 1, 2].map((index) => `TG1003 spec.server.scheduling.tolerations.${index}`),
  ],
  [
    'workers without Redis',
    environment({
      redis: { inProcess: {} },
      autoscaling: { min: 1, max: 1 },
      tasks: { module: 'app.ts' },
    }),
    ['TG1189 spec.tasks'],
  ],
  [
    'least workers over the most',
    environment({ tasks: { module: 'app.ts', min: 2, max: 1 } }),
    ['TG1104 spec.tasks.min'],
  ],
  [
    'workers by a queue that nothing counts',
    environment({ tasks: { module: 'app.ts', waitingTarget: 10 } }),
    ['TG1183 spec.tasks.waitingTarget'],
  ],
  [
    'workers that an external Postgres has no connections for',
    environment({
      autoscaling: { max: 43 },
      postgres: { external: { host: 'db' } },
      secrets: { postgres: { existing: { name: 'db', key: 'password' } } },
      tasks: { module: 'app.ts', max: 3 },
    }),
    ['TG1112 spec.postgres.external.maxConnections'],
  ],
  [
    'a secret in the clear of a sidecar',
    environment({
      server: { sidecars: [{ name: 'agent', image: 'agent:1', env: { API_KEY: 'x' } }] },
    }),
    ['TG1109 spec.server.sidecars'],
  ],
  [
    'backups at a time that is none',
    environment({
      postgres: {
        standalone: {
          backup: {
            schedule: '0 24 * * *',
            keep: 0,
            s3: {
              bucket: 'Backups',
              endpoint: 'https://s3.example.com/path',
              credentials: {
                accessKeyId: { name: 'store', key: 'id' },
                secretAccessKey: { name: 'store', key: 'key' },
              },
            },
          },
        },
      },
    }),
    ['schedule', 's3.bucket', 's3.endpoint', 'keep'].map(
      (field) => `TG1003 spec.postgres.standalone.backup.${field}`,
    ),
  ],
  [
    'backups with an access key in clear',
    environment({
      postgres: {
        cloudNativePG: {
          backup: {
            schedule: '@daily',
            s3: { bucket: 'backups', credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' } },
          },
        },
      },
    }),
    ['schedule', 's3.credentials.accessKeyId', 's3.credentials.secretAccessKey'].map(
      (field) => `TG1003 spec.postgres.cloudNativePG.backup.${field}`,
    ),
  ],
  [
    'a migration without a program',
    environment({ migrations: { command: [] } }),
    ['TG1003 spec.migrations.command'],
  ],
  ['two mistakes', environment({ host: 7, extra: 1 }), ['TG1003 spec.host', 'TG1001 spec.extra']],
  [
    'alerts on series that nothing reads',
    environment({ observability: { alerts: {} } }),
    ['TG1160 spec.observability.monitor'],
  ],
  [
    'a dashboard of series that nothing reads',
    environment({ observability: { dashboard: {} } }),
    ['TG1160 spec.observability.monitor'],
  ],
  [
    'a label that Tidegate sets',
    environment({ observability: { monitor: { labels: { 'app.kubernetes.io/name': 'x' } } } }),
    ['TG1161 spec.observability.monitor.labels'],
  ],
  [
    'a key that is none of a label',
    environment({ observability: { monitor: { labels: { 'a b': 'x' } } } }),
    ['TG1003 spec.observability.monitor.labels'],
  ],
  [
    'a value that is none of a label',
    environment({ observability: { monitor: { labels: { release: 'a b' } } } }),
    ['TG1003 spec.observability.monitor.labels.release'],
  ],
  [
    'readings too far apart for rates',
    environment({ observability: { monitor: { intervalSeconds: 61 } } }),
    ['TG1003 spec.observability.monitor.intervalSeconds'],
  ],
];
