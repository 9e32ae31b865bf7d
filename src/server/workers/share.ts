import type { Settings } from '../../spec/settings.ts';

/** What one of several workers may use, so that all of them together use what the settings grant a replica. */
export function shareOf(settings: Settings, workers: number): Settings {
  const part = (whole: number) => Math.max(1, Math.ceil(whole / workers));
  const { limits, drain, postgres } = settings;
  return {
    ...settings,
    limits: { ...limits, connections: part(limits.connections) },
    drain: { ...drain, closesPerSecond: drain.closesPerSecond / workers },
    postgres: {
      ...postgres,
      pool: { min: Math.floor(postgres.pool.min / workers), max: part(postgres.pool.max) },
    },
  };
}
