import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redis, redisServer } from './redis.ts';
import { redisCluster } from './redis-cluster.ts';
import { redisSentinels } from './redis-sentinel.ts';

/** A Redis of any kind, that runs. */
export interface RunningRedis {
  /** Settings, under `redis`, of a server that uses it. */
  readonly settings: object;
  remove(): Promise<void>;
}

export interface RedisKind {
  readonly kind: string;
  readonly start: (password: string) => Promise<RunningRedis>;
}

export const oneRedis: RedisKind = {
  kind: 'one Redis',
  async start(password) {
    const process = await redis(password);
    await process.start();
    return { ...process, settings: { host: '127.0.0.1', port: process.port, password } };
  },
};

/** It has a certificate of its own making, and answers on no other port. */
export const redisOverTls: RedisKind = {
  kind: 'one Redis over TLS',
  async start(password) {
    const directory = mkdtempSync(join(tmpdir(), 'tidegate-tls-'));
    const [certificate, key] = [join(directory, 'certificate.pem'), join(directory, 'key.pem')];
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...made, ...subject, '-out', certificate], { stdio: 'ignore' });
    chmodSync(directory, 0o755);
    chmodSync(key, 0o644);
    const process = await redisServer(
      (own) => [
        ...['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-auth-clients', 'no'],
        ...['--requirepass', password, '--save', '', '--dir', own, '--port', '0'],
      ],
      '--tls-port',
    );
    await process.start();
    const tlsCa = readFileSync(certificate, 'utf8');
    return {
      settings: { host: 'localhost', port: process.port, password, tls: true, tlsCa },
      async remove() {
        await process.remove();
        rmSync(directory, { recursive: true });
      },
    };
  },
};

/** A primary, a replica and three Sentinels. */
export const sentinels: RedisKind = { kind: 'a Redis with Sentinels', start: redisSentinels };
/** Three primaries, and a replica of one. */
export const cluster: RedisKind = { kind: 'a Redis Cluster', start: redisCluster };
