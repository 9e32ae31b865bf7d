import {
  type Derived,
  DrainSettings,
  type EnvironmentSpec,
  type SecretKey,
  type SettingsInput,
  settingInfos,
  TunableSettings,
  withoutDefaults,
} from '../spec/index.ts';
import type { DatabaseConnection } from './endpoint.ts';
import type { RedisConnection } from './redis-connection.ts';

/** Port of the server in its pods. */
export const SERVER_PORT = 8000;

/** A store the server talks to; a Redis that is missing means the in-process broker. */
export interface Stores {
  readonly redis?: RedisConnection;
  readonly postgres: DatabaseConnection & {
    readonly tls: boolean;
    /** Where the authorities are that its certificate is checked with; public ones by default. */
    readonly tlsCa?: SecretKey | undefined;
  };
}

/**
 * The settings file of the server: what the spec tunes, what follows from it, and what is wired up. A setting that has its
 * default is left to the server, so that one that a later version adds changes no file, and an older server meets no
 * setting that it does not know.
 */
export function serverSettings(spec: EnvironmentSpec, derived: Derived, stores: Stores): SettingsInput {
  const { tlsCa: _mounted, ...postgres } = stores.postgres;
  return {
    ...withoutDefaults(TunableSettings, spec.server.settings),
    host: '0.0.0.0',
    port: SERVER_PORT,
    trustedProxies: spec.route.trustedProxies,
    drain: {
      ...withoutDefaults(DrainSettings.pick({ reconnectsPerSecond: true, rebalance: true }), spec.drain),
      closesPerSecond: derived.closesPerSecond,
      timeoutSeconds: derived.drainTimeoutSeconds,
    },
    ...(stores.redis === undefined ? {} : { redis: stores.redis.settings }),
    postgres: { ...postgres, pool: derived.pool },
  };
}

/** What of the settings file counts with the next start alone: pods are replaced when that changes, and only then. */
export function coldSettings(settings: SettingsInput): SettingsInput {
  const live = settingInfos().filter((info) => info.live);
  return live.reduce<SettingsInput>((rest, { path }) => without(rest, path), settings);
}

/** An object without what is at a path, and without objects that held nothing else. */
function without<T extends object>(value: T, [key = '', ...rest]: readonly string[]): T {
  const { [key]: found, ...others } = value as Record<string, unknown>;
  if (found === undefined) return value;
  if (rest.length === 0) return others as T;
  const left = without(found as object, rest);
  if (left === found) return value;
  return (Object.keys(left).length === 0 ? others : { ...value, [key]: left }) as T;
}
