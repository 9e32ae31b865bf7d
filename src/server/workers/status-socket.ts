import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Logger } from 'pino';
import { TidegateError } from '../../spec/errors.ts';
import type { WorkerStatus } from './worker-status.ts';

/** Tells this machine, and nobody else, how the workers behind a port are. */
export class StatusSocket {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @returns undefined, and a warning in the log, where it cannot be: the server does without */
  static async open(
    port: number,
    status: () => readonly WorkerStatus[],
    log: Logger,
  ): Promise<StatusSocket | undefined> {
    const path = pathOf(port);
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(JSON.stringify(status()));
    });
    try {
      // Of a supervisor that was killed: the port is this one's now.
      rmSync(path, { force: true });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, resolve);
      });
      return new StatusSocket(server.unref());
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'tidegate workers status will not work');
      return undefined;
    }
  }

  close(): void {
    this.#server.close();
  }
}

/** Asks the supervisor behind a port of this machine. @throws TidegateError TG2202 when there is none */
export async function askWorkerStatus(port: number): Promise<readonly WorkerStatus[]> {
  try {
    return JSON.parse(await text(connect(pathOf(port)))) as readonly WorkerStatus[];
  } catch {
    throw TidegateError.of('TG2202', '', `No supervisor of port ${port} answers on this machine`);
  }
}

function pathOf(port: number): string {
  return join(tmpdir(), `tidegate-${port}.sock`);
}
