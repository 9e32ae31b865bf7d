import { loadApplication, runUntilStopped, startServer } from '../../server/index.ts';
import { type ServeOptions, settingsReader } from '../serve-options.ts';

/** `tidegate serve [app]`: runs the server, with a team's application if there is one, until it is stopped and drained. */
export async function serveCommand(module: string | undefined, options: ServeOptions): Promise<void> {
  const read = settingsReader(options);
  const settings = read();
  await runUntilStopped(async () => {
    const application = module === undefined ? undefined : await loadApplication(module);
    const server = await startServer(
      { ...settings, port: options.port ?? settings.port },
      { application, reread: read },
    );
    server.log.info({ host: server.address.host, port: server.address.port }, 'Listening');
    return server;
  });
  process.exit(0);
}
