import { z } from 'zod';
import { addressRange, port } from './field.ts';
import { type Rule, withRules } from './rule.ts';
import { auth, authSecrets, cookieFromAnyOrigin } from './settings/auth.ts';
import { authorities } from './settings/authorities.ts';
import { DrainSettings } from './settings/drain.ts';
import { app, http, preflight } from './settings/http.ts';
import { strongKeys } from './settings/key-strength.ts';
import { addresses, limits } from './settings/limits.ts';
import { LOG_LEVELS, logging, logOutput } from './settings/logging.ts';
import { redis } from './settings/redis.ts';
import { tasks } from './settings/tasks.ts';
import { workers } from './settings/workers.ts';
import { unwrapped } from './unwrapped.ts';
import { VERSION } from './version.ts';

export { unwrapped } from './unwrapped.ts';

/**
 * The bundled server's settings, each defined here or, by group, in `settings/`, and nowhere else: the spec offers the
 * tunable ones under `server.settings`, the constructs render all of them into a file, the server reads that file and
 * the environment.
 *
 * A setting's variable is its path in upper snake case after `TIDEGATE_`: `ping.intervalSeconds` is
 * `TIDEGATE_PING_INTERVAL_SECONDS`. A secret, and what is longer than a line, is read from the file that `…_FILE` names
 * as well.
 */

const cors = z.strictObject({
  origins: z
    .array(
      z
        .string()
        .max(253)
        .regex(
          /^(\*|https?:\/\/(\*\.)?[^/\s*]+)$/,
          'Must be *, an origin without a path, for example https://chat.example.com, or https://*.example.com',
        ),
    )
    .max(64)
    .default(['*'])
    .describe(
      'Origins a browser may connect from, for example https://chat.example.com; https://*.example.com stands for its subdomains, * for any origin',
    ),
  credentials: z.boolean().default(false).describe('Whether browsers may send cookies along'),
  ...preflight,
});

const anyOriginWithCredentials: Rule<z.output<typeof cors>> = {
  code: 'TG1108',
  path: ['credentials'],
  test: (value) => !(value.credentials && value.origins.includes('*')),
  cel: `!(self.credentials && '*' in self.origins)`,
  reason: 'Credentials are refused by browsers, and unsafe, when any origin is allowed',
};

const permission = (what: string, default_: 'nobody' | 'subscriber') =>
  z
    .enum(['nobody', 'subscriber', 'user', 'anyone'])
    .default(default_)
    .describe(`Which clients may ${what}: subscribers of the channel, users with a token, or anyone`);

const channelOptions = {
  historySize: z
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe('Publications of a channel that are kept for who comes back; 0 keeps none'),
  historyTtlSeconds: z
    .int()
    .min(1)
    .max(2_592_000)
    .default(300)
    .describe('Seconds after the last publication until those that are kept are dropped'),
  forceRecovery: z
    .boolean()
    .default(false)
    .describe('Whether who comes back gets what it missed without asking for it; needs history'),
  presence: z.boolean().default(false).describe('Whether it can be asked who is subscribed'),
  joinLeave: z
    .enum(['off', 'on-request', 'forced'])
    .default('off')
    .describe('Whether subscribers are told who comes and goes: those that ask for it, or all'),
  allowSubscribe: z
    .enum(['token', 'user', 'anyone'])
    .default('user')
    .describe(
      'Which clients may subscribe: those with a token for the channel, users with a token, or anyone',
    ),
  allowPublish: permission('publish', 'nobody'),
  allowPresence: permission('ask who is subscribed', 'subscriber'),
  allowHistory: permission('ask for the history', 'subscriber'),
};

const namespaceName = z
  .string()
  .max(64)
  .regex(/^[-A-Za-z0-9_]+$/, 'Must be letters, digits, - and _')
  .describe('Part of the name of a channel before its first colon');

const channelsShape = z.strictObject({
  anonymous: z.boolean().default(false).describe('Whether clients without a token may connect'),
  withoutNamespace: z
    .strictObject(channelOptions)
    .prefault({})
    .describe('Options of channels whose name has no colon'),
  namespaces: z
    .array(z.strictObject({ name: namespaceName, ...channelOptions }))
    .max(32)
    .default([])
    .describe('Options of channels by namespace; a channel of one that is not listed is unknown'),
});

const channels = withRules(channelsShape, [
  {
    code: 'TG1003',
    path: ['namespaces'],
    test: ({ namespaces }) => new Set(namespaces.map(({ name }) => name)).size === namespaces.length,
    cel: '!has(self.namespaces) || self.namespaces.all(n, self.namespaces.exists_one(m, m.name == n.name))',
    reason: 'A namespace may be listed once only',
  },
]);

const APP = 'What the application is called in /openapi.json and /asyncapi.json';

/** What a team may tune; everything else about the server is derived or wired. */
const tunable = {
  logLevel: z.enum(LOG_LEVELS).default('info').describe('Least level that is logged'),
  ping: z
    .strictObject({
      intervalSeconds: z
        .int()
        .min(1)
        .max(600)
        .default(20)
        .describe('Seconds between pings to each client; must be below every idle timeout on the way'),
    })
    .prefault({})
    .describe('Pings that keep idle sockets open and find dead ones'),
  limits,
  addresses,
  http,
  app: z.strictObject(app).prefault({}).describe(APP),
  logging: z.strictObject(logging).prefault({}).describe('What is logged'),
  chat: z
    .strictObject({
      replay: z
        .int()
        .min(0)
        .max(1_000)
        .default(50)
        .describe('Messages of the room that are replayed to who joins'),
    })
    .prefault({})
    .describe('The chat endpoint'),
  channels: channels.prefault({}).describe('Channels at /connection/websocket'),
  tasks,
  cors: withRules(cors, [anyOriginWithCredentials]).prefault({}).describe('Which web pages may connect'),
  auth: z.strictObject(auth).prefault({}).describe('How clients prove who they are'),
};

const secret = (text: string) => z.string().min(1).optional().meta({ description: text, secret: true });

/** What the constructs wire up from the rest of the spec, and what the server alone can say. */
const wired = {
  app: z
    .strictObject({
      ...app,
      version: app.version.unwrap().default(VERSION).describe('Its version (SemVer)'),
    })
    .prefault({})
    .describe(APP),
  logging: z
    .strictObject({ ...logging, ...logOutput })
    .prefault({})
    .describe('What is logged, and where to'),
  workers,
  host: z.string().default('127.0.0.1').describe('Address to listen on'),
  port: port.default(8000).describe('Port to listen on; WebSocket, HTTP, probes and metrics share it'),
  trustedProxies: z
    .array(addressRange)
    .max(64)
    .default([])
    .describe('Addresses (CIDR) of proxies whose X-Forwarded-For tells the address of the client'),
  dataDirectory: z
    .string()
    .default('.tidegate')
    .describe('Directory of the embedded database; unused when postgres.host is set'),
  drain: DrainSettings.prefault({}),
  redis: redis.prefault({}).describe('What carries messages between replicas'),
  postgres: z
    .strictObject({
      url: secret(
        'Postgres as a URL in place of the settings below: postgres://user:password@host:port/database?sslmode=require',
      ),
      host: z.string().optional().describe('Postgres host; the database is embedded when unset'),
      port: port.default(5432).describe('Postgres port'),
      database: z.string().default('tidegate').describe('Database name'),
      user: z.string().default('tidegate').describe('Login role'),
      tls: z.boolean().default(false).describe('Whether Postgres is reached over TLS'),
      tlsCa: authorities('Postgres'),
      pool: z
        .strictObject({
          min: z.int().min(0).max(100).default(5).describe('Idle connections that are kept open'),
          max: z.int().min(1).max(100).default(20).describe('Connections at the most; further queries wait'),
        })
        .prefault({}),
      password: secret('Postgres password'),
      login: z
        .string()
        .regex(/^[^:]+:./, 'Must be a role and its password, with a colon between them')
        .optional()
        .meta({
          description:
            'Login role and its password as role:password, in place of postgres.user and postgres.password: both change at once',
          secret: true,
        }),
    })
    .prefault({}),
  auth: z
    .strictObject({
      ...authSecrets,
      ...auth,
    })
    .prefault({}),
};

/** The settings a spec may hold, under `server.settings`. */
export const TunableSettings = withRules(z.strictObject(tunable), [cookieFromAnyOrigin]);
export type TunableSettings = z.output<typeof TunableSettings>;

/** All settings of the server, as its process reads them. */
export const Settings = withRules(z.strictObject({ ...tunable, ...wired }), [
  cookieFromAnyOrigin,
]).superRefine(strongKeys);
export type Settings = z.output<typeof Settings>;
export type SettingsInput = z.input<typeof Settings>;

/** One setting as documentation and the loader need it. */
export interface SettingInfo {
  readonly path: readonly string[];
  /** Environment variable, for example `TIDEGATE_PING_INTERVAL_SECONDS`. */
  readonly variable: string;
  readonly description: string;
  readonly secret: boolean;
  /** Whether it is read from the file that `…_FILE` names as well: every secret, and what is longer than a line. */
  readonly file: boolean;
  /** Whether a change counts without a restart; for every secret it does. */
  readonly live: boolean;
  readonly schema: z.ZodType;
}

let infos: readonly SettingInfo[] | undefined;

/** Lists every setting, in the order of the schema. */
export function settingInfos(): readonly SettingInfo[] {
  // Once: every render asks, and every look at what has changed.
  infos ??= infosOf(Settings, []);
  return infos;
}

function infosOf(schema: z.ZodType, path: readonly string[]): readonly SettingInfo[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([key, child]) => infosOf(child as z.ZodType, [...path, key]));
  }
  const meta = schema.meta() ?? {};
  return [
    {
      path,
      variable: variableOf(path),
      description: meta.description ?? '',
      secret: meta.secret === true,
      file: meta.secret === true || meta.file === true,
      live: meta.secret === true || meta.live === true,
      schema,
    },
  ];
}

/** `['ping', 'intervalSeconds']` is `TIDEGATE_PING_INTERVAL_SECONDS`. */
export function variableOf(path: readonly string[]): string {
  return ['tidegate', ...path].map((part) => part.replace(/([A-Z])/g, '_$1').toUpperCase()).join('_');
}
