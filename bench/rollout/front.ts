import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../test/cluster/wait-for.ts';
import { ended, freePort } from '../../test/integration/server/stores/store-process.ts';

/** A real nginx before the replicas; those of a former configuration keep the sockets that they have, as in a cluster. */
export class Front {
  readonly url: string;
  readonly #port: number;
  readonly #directory: string;
  #child: ChildProcess | undefined;
  #generation = 0;

  private constructor(port: number, directory: string) {
    this.#port = port;
    this.#directory = directory;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(directory: string, ports: readonly number[]): Promise<Front> {
    const front = new Front(await freePort(), directory);
    await front.route(ports);
    return front;
  }

  /** Sends newcomers to these; resolves once that is so. */
  async route(ports: readonly number[]): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    const file = join(this.#directory, 'nginx.conf');
    writeFileSync(file, this.#config(ports, generation));
    if (this.#child === undefined) {
      const args = ['-p', this.#directory, '-c', file, '-e', join(this.#directory, 'error.log')];
      this.#child = spawn('/usr/sbin/nginx', args, { stdio: 'inherit' });
    } else {
      this.#child.kill('SIGHUP');
    }
    await waitFor('nginx to follow', async () => {
      const response = await fetch(`${this.url}/generation`, { headers: { connection: 'close' } });
      // Another may have followed meanwhile.
      return Number(await response.text()) >= generation || undefined;
    });
  }

  async stop(): Promise<void> {
    if (this.#child === undefined) return;
    this.#child.kill('SIGTERM');
    await ended(this.#child);
  }

  #config(ports: readonly number[], generation: number): string {
    return `daemon off; worker_processes 1; worker_rlimit_nofile 65536; pid nginx.pid;
events { worker_connections 32768; }
http {
  access_log off;
  upstream fleet { ${ports.map((port) => `server 127.0.0.1:${port} max_fails=0;`).join(' ')} }
  server {
    listen 127.0.0.1:${this.#port} backlog=8192;
    location = /generation { return 200 "${generation}"; }
    location / {
      proxy_pass http://fleet;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $http_connection;
      proxy_read_timeout 3600s;
      proxy_next_upstream error timeout http_503 non_idempotent;
    }
  }
}
`;
  }
}
