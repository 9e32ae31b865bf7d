import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { nginxConfig, type ProxySpecInput, parseProxySpec } from '../../../src/proxy/index.ts';
import { Settings, type SettingsInput } from '../../../src/spec/index.ts';
import { command } from '../../cluster/command.ts';
import { freePorts } from '../../cluster/control-plane/free-ports.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { ended } from '../server/stores/store-process.ts';
import { listens } from './client.ts';

/** Debian's nginx, or another that the tests are to be run with. */
const NGINX = process.env.TIDEGATE_NGINX ?? '/usr/sbin/nginx';

/** The host that the certificate is for. */
export const HOST = 'chat.test';

export interface AccessLine {
  readonly path: string;
  readonly status: number;
  readonly upgrade: string;
  readonly upstream: string;
  readonly upstreamStatus: string;
  readonly rateLimit: string;
}

/** A real nginx with a rendered configuration, on free ports and in a directory of its own. */
export class NginxProcess {
  readonly httpPort: number;
  readonly httpsPort: number;
  /** The certificate, for clients to trust. */
  readonly ca: string;
  readonly #directory: string;
  readonly #child: ChildProcess;

  private constructor(directory: string, ports: { http: number; https: number }, child: ChildProcess) {
    this.#directory = directory;
    this.httpPort = ports.http;
    this.httpsPort = ports.https;
    this.ca = readFileSync(join(directory, 'certificate.pem'), 'utf8');
    this.#child = child;
  }

  /** Renders, has nginx check it, and starts it. Limits are off unless they are asked for. */
  static async start(
    { tls = false, ...input }: ProxySpecInput & { readonly tls?: boolean },
    settings: SettingsInput = {},
  ): Promise<NginxProcess> {
    const directory = mkdtempSync(join(tmpdir(), 'tidegate-nginx-'));
    const [http = 0, https = 0] = await freePorts(2);
    await selfSigned(directory);
    const spec: ProxySpecInput = {
      addresses: ['127.0.0.1'],
      httpPort: http,
      httpsPort: https,
      logDirectory: directory,
      user: userInfo().username,
      nginxVersion: await nginxVersion(),
      ratePerSecond: 0,
      connectionsPerAddress: 0,
      ...(tls ? certificateOf(directory) : {}),
      ...input,
    };
    await checkConfig(directory, spec, settings);
    const child = spawn(NGINX, argumentsIn(directory, ' daemon off;'), { stdio: 'inherit' });
    const nginx = new NginxProcess(directory, { http, https }, child);
    await waitFor('nginx to listen', () => listens(http), { seconds: 10, everyMilliseconds: 20 });
    return nginx;
  }

  /** Waits for a line of the access log that fits. */
  accessLine(what: string, fits: (line: AccessLine) => boolean): Promise<AccessLine> {
    const ask = { seconds: 10, everyMilliseconds: 20 };
    return waitFor(`the access log to have ${what}`, () => this.accessLines().find(fits), ask);
  }

  accessLines(): readonly AccessLine[] {
    const lines = this.log('access.log').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as AccessLine);
  }

  log(name: 'access.log' | 'error.log'): string {
    return readFileSync(join(this.#directory, name), 'utf8');
  }

  /** Reads the configuration again; resolves when new workers have taken over from the old. */
  async reload(): Promise<void> {
    this.#child.kill('SIGHUP');
    const { pid } = this.#child;
    const leaving = () => {
      const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
      const titles = workers.map((worker) => readFileSync(`/proc/${worker}/cmdline`, 'utf8'));
      return titles.some((title) => title.includes('is shutting down')) ? true : undefined;
    };
    await waitFor('an old worker to leave', leaving, { seconds: 10, everyMilliseconds: 20 });
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await ended(this.#child);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** What nginx says of a rendered configuration when it only checks it; an error when it refuses it. */
export async function checkConfig(
  directory: string,
  spec: ProxySpecInput,
  settings: SettingsInput = {},
): Promise<string> {
  writeFileSync(join(directory, 'nginx.conf'), nginxConfig(parseProxySpec(spec), Settings.parse(settings)));
  return command('sh', ['-c', 'exec "$0" "$@" 2>&1', NGINX, '-t', ...argumentsIn(directory)]);
}

/** Version of the nginx at hand. */
export async function nginxVersion(): Promise<string> {
  const said = await command('sh', ['-c', 'exec "$0" -v 2>&1', NGINX]);
  return /nginx\/([\d.]+)/.exec(said)?.[1] ?? '';
}

/** Where `selfSigned` puts its files. */
export const certificateOf = (directory: string) => ({
  certificate: join(directory, 'certificate.pem'),
  certificateKey: join(directory, 'key.pem'),
});

/** Makes a certificate for `HOST` that nobody has signed. */
export async function selfSigned(directory: string): Promise<void> {
  const { certificate, certificateKey } = certificateOf(directory);
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    certificateKey,
  ];
  const subject = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  await command('openssl', ['req', '-x509', '-days', '2', ...key, ...subject, '-out', certificate]);
}

function argumentsIn(directory: string, globals = ''): string[] {
  const [config, pid] = [join(directory, 'nginx.conf'), join(directory, 'nginx.pid')];
  return ['-p', directory, '-c', config, '-e', 'stderr', '-g', `pid ${pid};${globals}`];
}
