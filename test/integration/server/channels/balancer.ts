import { connect, createServer, type Server, type Socket } from 'node:net';

/** Passes connections on to whichever of several local ports answers, taking turns. */
export class Balancer {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  static async start(ports: readonly number[]): Promise<Balancer> {
    let turn = 0;
    const server = createServer((client) => {
      turn += 1;
      const order = ports.map((_, index) => ports[(turn + index) % ports.length] ?? 0);
      passOn(client, order);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Balancer(server);
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function passOn(client: Socket, [port, ...others]: readonly number[]): void {
  client.on('error', () => {});
  if (port === undefined) {
    client.destroy();
    return;
  }
  const backend = connect(port, '127.0.0.1');
  backend.once('error', () => passOn(client, others));
  backend.once('connect', () => {
    backend.removeAllListeners('error').on('error', () => client.destroy());
    client.pipe(backend).pipe(client);
    client.once('close', () => backend.destroy());
    backend.once('close', () => client.destroy());
  });
}
