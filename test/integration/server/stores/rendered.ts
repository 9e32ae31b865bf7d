import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { render } from '../../../../src/constructs/index.ts';
import type { Environment, SecretData } from '../../../../src/spec/index.ts';
import type { PostgresProcess } from './postgres.ts';
import { asAccount, ended, freePort } from './store-process.ts';

interface Container {
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** What of a pod template these tests read. */
export interface RenderedPod {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: readonly {
    readonly name: string;
    readonly secret?: { readonly items: readonly { readonly key: string; readonly path: string }[] };
  }[];
}

/** Directory that Secrets are mounted beneath. */
export const SECRETS = '/etc/tidegate/secrets';

function objectOf<T>(environment: Environment, kind: string, name: string): T {
  return render(environment).find((one) => one.kind === kind && one.metadata.name === name) as T;
}

export function renderedPod(environment: Environment, kind: string, name: string): RenderedPod {
  return objectOf<{ spec: { template: { spec: RenderedPod } } }>(environment, kind, name).spec.template.spec;
}

/** Brings a Secret to a pod, as its kubelet does: to a directory in place of that where a volume is mounted. */
export function bringSecret(pod: RenderedPod, volume: string, data: SecretData, directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const { key, path } of pod.volumes.find(({ name }) => name === volume)?.secret?.items ?? []) {
    const file = join(directory, path);
    writeFileSync(`${file}.new`, data[key] ?? '', { mode: 0o644 });
    renameSync(`${file}.new`, file);
  }
}

function replaced(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((all, [from, to]) => all.replaceAll(from, to), text);
}

/** The Redis of an environment called chat, with its Secret in `redis` of a directory; its port, and how it is ended. */
export async function startRenderedRedis(
  environment: Environment,
  directory: string,
): Promise<{ readonly port: number; readonly script: RenderedScript }> {
  const port = await freePort();
  for (const one of ['data', 'run']) {
    mkdirSync(join(directory, one), { recursive: true });
    chmodSync(join(directory, one), 0o777);
  }
  const local = { '/run/redis': join(directory, 'run'), '/data': join(directory, 'data') };
  const { data } = objectOf<{ data: Record<string, string> }>(environment, 'ConfigMap', 'chat-redis');
  const conf = replaced(data['redis.conf'] ?? '', { ...local, 'port 6379': `port ${port}` });
  writeFileSync(join(directory, 'redis.conf'), conf, { mode: 0o644 });
  const pod = renderedPod(environment, 'StatefulSet', 'chat-redis');
  const script = new RenderedScript(pod.containers[0]?.args?.[0] ?? '', {
    ...local,
    [SECRETS]: join(directory, 'redis'),
    '/etc/redis/redis.conf': join(directory, 'redis.conf'),
    'redis-cli': `redis-cli -p ${port}`,
  });
  return { port, script };
}

/** What gives the roles of the Postgres of an environment called chat their passwords, with its Secret in `postgres`. */
export function startLogins(
  environment: Environment,
  directory: string,
  { socket, port }: PostgresProcess,
): RenderedScript {
  const pod = renderedPod(environment, 'StatefulSet', 'chat-postgres');
  return new RenderedScript(
    pod.initContainers?.[0]?.args?.[0] ?? '',
    { [SECRETS]: join(directory, 'postgres') },
    { PGHOST: socket, PGPORT: `${port}` },
  );
}

/** A script of the tree, run as it is rendered but for its paths and ports. */
export class RenderedScript {
  readonly #child: ChildProcess;
  output = '';

  /** @param replacements texts and what stands in their place */
  constructor(
    script: string,
    replacements: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>> = {},
  ) {
    const [program = 'sh', ...args] = asAccount(['sh', '-c', replaced(script, replacements)]);
    // A group of its own, so that what it runs in the background ends with it.
    this.#child = spawn(program, args, { detached: true, env: { ...process.env, ...env } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.output += chunk;
      });
    }
  }

  async stop(): Promise<void> {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    await ended(this.#child);
  }
}
