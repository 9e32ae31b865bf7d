import { type Layer, loadSettings } from '../server/index.ts';
import type { Settings, SettingsInput } from '../spec/index.ts';

/** Options of `tidegate serve`, as the command line gives them. */
export interface ServeOptions {
  readonly settings?: string;
  readonly host?: string;
  /** 0 stands for any free port, which no setting may say. */
  readonly port?: number;
  readonly logLevel?: Settings['logLevel'];
  readonly accessLog?: boolean;
  readonly timeout?: number;
  readonly workers?: number | 'auto';
  /** Serves anew when files change, for development: by one process at a time. */
  readonly reload?: boolean;
  readonly workerTimeout?: number;
  /** Of `tidegate worker`. */
  readonly concurrency?: number;
}

/** The settings that options stand for, each with the option as its source. */
export function optionLayers(options: ServeOptions): readonly Layer[] {
  const layer = (source: string, settings: SettingsInput): Layer => ({ source, settings });
  return [
    layer('--host', { host: options.host }),
    layer('--log-level', { logLevel: options.logLevel }),
    layer('--access-log', { logging: { access: options.accessLog } }),
    layer('--concurrency', { tasks: { concurrency: options.concurrency } }),
    layer('--timeout', { drain: { timeoutSeconds: options.timeout } }),
    layer('--workers', { workers: { count: options.workers } }),
    layer('--reload', { workers: { count: options.reload ? 1 : undefined } }),
    layer('--worker-timeout', { workers: { timeoutSeconds: options.workerTimeout } }),
  ];
}

/** Files that settings may be in. */
export function settingsFiles(options: ServeOptions): readonly string[] {
  const file = options.settings ?? process.env.TIDEGATE_SETTINGS_FILE;
  return [...(file ? [file] : []), '.env'];
}

/** Reads the settings from everywhere they may be given, each time anew. */
export function settingsReader(options: ServeOptions): () => Settings {
  return () =>
    loadSettings({
      file: options.settings,
      directory: process.cwd(),
      env: process.env,
      overrides: optionLayers(options),
    });
}
