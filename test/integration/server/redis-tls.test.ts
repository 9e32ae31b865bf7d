import { type ChildProcess, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { Authority } from './redis-pods/certificates.ts';
import { ended, freePort } from './stores/store-process.ts';

const PASSWORD = 'a-password-of-the-tests';

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          { readonly command: readonly string[]; readonly args: readonly string[] },
        ];
      };
    };
  };
}

let home: string;
let port: number;
let child: ChildProcess;

/** Puts a file where the container would have it mounted. */
function mount(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), here(text));
}
/** With directories and a port of this test in place of those of the container. */
function here(text: string): string {
  return ['/etc/tidegate', '/etc/redis', '/run/redis', '/data']
    .reduce((done, path) => done.replaceAll(path, join(home, path)), text)
    .replaceAll('6379', String(port))
    .replaceAll('redis-cli ', `redis-cli -p ${port} `);
}

async function issued(): Promise<Readonly<Record<string, string>>> {
  const authority = await Authority.create();
  const files = await authority.issue(['localhost']);
  authority.remove();
  return files;
}
/** Serial number of the certificate that is shown to who trusts an authority. */
async function shown(ca: string | undefined): Promise<string> {
  const redis = new Redis({
    port,
    password: PASSWORD,
    tls: { ca },
    retryStrategy: () => null,
    lazyConnect: true,
  });
  redis.on('error', () => {});
  await redis.connect();
  const { serialNumber } = (redis.stream as TLSSocket).getPeerCertificate();
  redis.disconnect();
  return serialNumber;
}
const serialOf = (files: Readonly<Record<string, string>>) =>
  new X509Certificate(files['tls.crt'] ?? '').serialNumber;

let first: Readonly<Record<string, string>>;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'tidegate-redis-tls-'));
  port = await freePort();
  const redis = { standalone: { tls: { secretName: 'tls' } } };
  const objects = render(parse(environment({ redis }))) as unknown as readonly Rendered[];
  const find = (kind: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === 'chat-redis') as Rendered;
  for (const directory of ['/run/redis', '/data']) mkdirSync(join(home, directory), { recursive: true });
  mount('/etc/redis/redis.conf', find('ConfigMap').data['redis.conf'] ?? '');
  mount('/etc/tidegate/secrets/password', PASSWORD);
  first = await issued();
  for (const [name, text] of Object.entries(first)) mount(`/etc/tidegate/tls/${name}`, text);
  const [{ command, args }] = find('StatefulSet').spec.template.spec.containers;
  const [program = '', ...options] = [...command, ...args].map(here);
  child = spawn(program, options, { stdio: 'ignore', detached: true });
  await waitFor('Redis to answer', () => shown(first['ca.crt']));
});
afterAll(async () => {
  // With what it started beside itself.
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await ended(child);
  rmSync(home, { recursive: true, force: true });
});

describe('GIVEN the Redis of an environment over TLS, started as it is rendered', () => {
  it('WHEN its certificate is replaced, authority and all, THEN it shows the new one without a restart', async () => {
    expect(await shown(first['ca.crt'])).toBe(serialOf(first));
    const second = await issued();
    for (const [name, text] of Object.entries(second)) mount(`/etc/tidegate/tls/${name}`, text);
    expect(await waitFor('the new one', () => shown(second['ca.crt']))).toBe(serialOf(second));
    expect(child.exitCode).toBe(null);
  });
});
