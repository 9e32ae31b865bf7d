import type { Settings } from '../spec/settings.ts';
import type { RealtimeApp, RealtimeOptions, WorkOptions } from './app/application.ts';
import type { Application } from './app/application-module.ts';
import { channels } from './channels/endpoint.ts';
import { chat } from './endpoints/chat.ts';
import { data } from './endpoints/data.ts';
import { echo, secureEcho } from './endpoints/echo.ts';
import { roomMessages } from './endpoints/room-messages.ts';
import type { Address } from './http/listen.ts';
import { webPage } from './page.ts';
import { realtime } from './realtime.ts';

/** The bundled server, listening. */
export interface RunningServer extends RealtimeApp {
  readonly address: Address;
}

/** Puts chat and its history, echo, data, channels and the web page on an application, beside its own endpoints. */
export function bundledEndpoints(app: RealtimeApp): void {
  for (const endpoint of [echo, secureEcho, data, chat, roomMessages, channels, webPage]) endpoint(app);
}

export interface StartOptions extends Omit<RealtimeOptions, 'settings'> {
  /** A team's own endpoints, before the bundled ones, so that they may take a path of theirs. */
  readonly application?: Application | undefined;
}

/**
 * Starts a server with a team's own endpoints, the bundled ones, or both.
 *
 * @throws TidegateError TG2103, and as `RealtimeApp.listen`
 */
export async function startServer(
  settings: Settings,
  { application, ...options }: StartOptions = {},
): Promise<RunningServer> {
  const app = realtime({ settings, ...options });
  await application?.define(app);
  if (application?.bundled !== false) bundledEndpoints(app);
  const address = await app.listen();
  return { ...app, address };
}

export interface WorkerOptions extends Omit<RealtimeOptions, 'settings'>, WorkOptions {
  readonly application: Application;
}

/**
 * Starts a process that runs the tasks of a team's application, and serves no clients.
 *
 * @throws TidegateError TG2103, and as `RealtimeApp.work`
 */
export async function startWorker(
  settings: Settings,
  { application, tasks, health, ...options }: WorkerOptions,
): Promise<RunningServer> {
  const app = realtime({ settings, ...options });
  await application.define(app);
  const address = await app.work({ tasks, health });
  return { ...app, address };
}
