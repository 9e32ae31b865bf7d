import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadSettings, type RealtimeApp, type RealtimeOptions, realtime } from '../../../src/server/index.ts';

/** One line of the application's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly requestId?: string;
  readonly err?: { readonly message: string };
}

/** An application on a free port, with an embedded database that goes with it. */
export class TestApp {
  readonly url: string;
  readonly app: RealtimeApp;
  readonly logged: LogLine[];
  readonly #directory: string;

  private constructor(url: string, app: RealtimeApp, logged: LogLine[], directory: string) {
    this.url = url;
    this.app = app;
    this.logged = logged;
    this.#directory = directory;
  }

  /** Listens once `define` has put its endpoints on the application. */
  static async start(
    define: (app: RealtimeApp) => void,
    settings: object = {},
    options: Partial<RealtimeOptions> = {},
  ): Promise<TestApp> {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'tidegate-app-'));
    const overrides = { source: 'the test', settings: { ...settings, dataDirectory } };
    const logged: LogLine[] = [];
    const level = (label: string) => ({ level: label });
    const log = pino(
      { level: 'info', formatters: { level } },
      { write: (line: string) => void logged.push(JSON.parse(line)) },
    );
    const app = realtime({ settings: { ...loadSettings({ env: {}, overrides }), port: 0 }, log, ...options });
    define(app);
    const { url } = await app.listen();
    return new TestApp(url, app, logged, dataDirectory);
  }

  async stop(): Promise<void> {
    await this.app.drain();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
