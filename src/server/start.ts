import type { Settings } from '../spec/settings.ts';
import { chat } from './endpoints/chat.ts';
import { data } from './endpoints/data.ts';
import { echo, secureEcho } from './endpoints/echo.ts';
import { webPage } from './page.ts';
import { type Address, type RealtimeApp, type RealtimeOptions, realtime } from './realtime.ts';

/** The bundled server, listening. */
export interface RunningServer extends RealtimeApp {
  readonly address: Address;
}

/** Puts chat, echo, data and the web page on an application, beside its own endpoints. */
export function bundledEndpoints(app: RealtimeApp): void {
  for (const endpoint of [echo, secureEcho, data, chat, webPage]) endpoint(app);
}

/** Starts the bundled server: chat, echo and data endpoints, and the web page. @throws as `RealtimeApp.listen` */
export async function startServer(
  settings: Settings,
  options: Omit<RealtimeOptions, 'settings'> = {},
): Promise<RunningServer> {
  const app = realtime({ settings, ...options });
  bundledEndpoints(app);
  const address = await app.listen();
  return { ...app, address };
}
