import { loadSettings, runUntilStopped, startServer } from '../../server/index.ts';

/** `tidegate serve`: runs the server until it is stopped and drained. */
export async function serveCommand(options: {
  settings?: string;
  host?: string;
  port?: number;
}): Promise<void> {
  const { host } = options;
  const overrides = { source: '--host', settings: { host } };
  const read = () => loadSettings({ file: options.settings, env: process.env, overrides });
  const settings = read();
  await runUntilStopped(async () => {
    const server = await startServer({ ...settings, port: options.port ?? settings.port }, { reread: read });
    server.log.info({ host: server.address.host, port: server.address.port }, 'Listening');
    return server;
  });
  process.exit(0);
}
