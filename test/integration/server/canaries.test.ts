import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeyEntry } from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { sign } from './bad-tokens.ts';
import { Canaries } from './canaries.ts';
import { TestClient } from './client.ts';
import { ServerProcess } from './server-process.ts';
import { POSTGRES_USER, type PostgresProcess, postgres } from './stores/postgres.ts';
import { redis } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';

const canaries = new Canaries();
const tokenKey = canaries.make('token key');
const apiKey = canaries.make('API key');
const redisPassword = canaries.make('Redis password');
const postgresPassword = canaries.make('Postgres password');
const message = canaries.make('a message');
const directory = mkdtempSync(join(tmpdir(), 'tidegate-canaries-'));

let cache: StoreProcess;
let database: PostgresProcess;
let token: string;

beforeAll(async () => {
  [cache, database, token] = await Promise.all([
    redis(redisPassword),
    postgres(postgresPassword),
    sign({ sub: 'alice' }, new TextEncoder().encode(tokenKey)),
  ]);
  canaries.add('a token', token);
  canaries.add('the signature of a token', token.split('.')[2] ?? '');
  await Promise.all([cache.start(), database.start()]);
});
afterAll(async () => {
  await Promise.all([cache.remove(), database.remove()]);
  rmSync(directory, { recursive: true, force: true });
});

/** Everything is logged that can be, and all clients are slow. */
const loud = () => ({
  TIDEGATE_DATA_DIRECTORY: directory,
  TIDEGATE_LOG_LEVEL: 'trace',
  TIDEGATE_LOGGING_ACCESS: 'true',
  TIDEGATE_LIMITS_SLOW_REQUEST_MS: '1',
  TIDEGATE_AUTH_TOKEN_KEY: tokenKey,
  TIDEGATE_AUTH_COOKIE: 'session',
  TIDEGATE_CORS_ORIGINS: 'http://a',
  TIDEGATE_AUTH_API_KEYS: apiKeyEntry({ name: 'billing', scope: 'api' }, apiKey),
});
const urls = (ofRedis: string, ofPostgres: string) => ({
  TIDEGATE_REDIS_URL: `redis://:${ofRedis}@127.0.0.1:${cache.port}`,
  TIDEGATE_POSTGRES_URL: `postgres://${POSTGRES_USER}:${ofPostgres}@127.0.0.1:${database.port}/tidegate`,
});

/** All that comes back for bytes after which the server closes. */
function answer(url: string, lines: readonly string[], body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' }, () =>
      socket.write(`${[...lines, '', ''].join('\r\n')}${body}`),
    );
    let text = '';
    socket.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
    socket.once('close', () => resolve(text)).once('error', reject);
  });
}

const HANDSHAKE = [
  'Host: a',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];

/** Sends secrets in every place where clients put them, right and wrong ones. @returns all answers */
async function everySecret(url: string): Promise<string> {
  const wrong = (name: string) => canaries.make(`a wrong one, ${name}`);
  const jwt = (name: string) => {
    const signature = wrong(name);
    return `${token.split('.').slice(0, 2).join('.')}.${signature}`;
  };
  const handshake = (target: string, ...fields: readonly string[]) =>
    answer(url, [`GET ${target} HTTP/1.1`, ...HANDSHAKE, ...fields]);
  const request = (line: string, fields: readonly string[], body = '') =>
    answer(
      url,
      [`${line} HTTP/1.1`, 'Host: a', 'Connection: close', `Content-Length: ${body.length}`, ...fields],
      body,
    );
  const json = 'Content-Type: application/json';
  return (
    await Promise.all([
      handshake(`/secure/ws?token=${jwt('in a query')}`),
      handshake(`/secure/ws?token=${wrong('in a query, no JWT')}`),
      handshake(`/secure/ws?token=${token}&token=${jwt('beside a good one')}`),
      handshake(`/secure/ws?token=%zz${wrong('badly encoded')}`),
      handshake(`/nowhere?token=${wrong('to nowhere')}`),
      handshake(`/secure/ws#${wrong('in a fragment')}`),
      handshake(`http://a/ws?token=${wrong('in an absolute target')}`),
      handshake('/secure/ws', `Authorization: Bearer ${jwt('in a header')}`),
      handshake('/secure/ws', `Authorization: Basic ${wrong('as Basic')}`),
      handshake('/secure/ws', `Authorization: ${wrong('without a scheme')}`),
      handshake('/secure/ws', `Cookie: session=${jwt('in a cookie')}`, 'Origin: http://a'),
      handshake('/secure/ws', `Cookie: other=${wrong('in another cookie')}`),
      handshake('/secure/ws', `Sec-WebSocket-Protocol: chat, bearer.${jwt('in a subprotocol')}`),
      handshake('/secure/ws', `Sec-WebSocket-Protocol: bearer.${wrong('as the only subprotocol')}`),
      handshake('/secure/ws', `X-Api-Key: ${wrong('as an API key')}`),
      handshake('/secure/ws', `X-Api-Key: ${wrong('before a fold')}`, ` ${wrong('in a fold')}`),
      handshake(
        '/secure/ws',
        `Authorization: Bearer ${wrong('in a head that is too long')}${'x'.repeat(17_000)}`,
      ),
      answer(url, [`GET /ws?token=${wrong('in what is no HTTP')}\x01 HTTP/1.1`]),
      request(`GET /nowhere?token=${wrong('to no route')}`, [
        `Cookie: session=${wrong('in a cookie to no route')}`,
      ]),
      request(`GET /api/v1/rooms/lobby/messages?limit=${wrong('as a parameter')}`, []),
      request(`DELETE /api/v1/rooms/lobby/messages?token=${wrong('with a wrong method')}`, []),
      request('POST /api/channels/info', [json, `X-Api-Key: ${wrong('to the API')}`], '{}'),
      request('POST /api/channels/info', [json, `X-Api-Key: ${apiKey}`], '{}'),
      request(
        'POST /api/channels/publish',
        [json, `X-Api-Key: ${apiKey}`],
        `{"password":"${wrong('in half a body')}`,
      ),
      request(
        'POST /api/channels/publish',
        [json, `X-Api-Key: ${apiKey}`],
        `{"channel":["${wrong('in a wrong body')}"]}`,
      ),
      request(
        'POST /api/channels/publish',
        [`X-Api-Key: ${apiKey}`, 'Content-Type: text/x'],
        wrong('in another body'),
      ),
      request(
        'POST /api/channels/publish',
        [json, `X-Api-Key: ${apiKey}`],
        `{"channel":"a","data":"${message}"}`,
      ),
    ])
  ).join('\n');
}

/** A client of the channels that brings a token, and what it is answered with. */
async function channelsWith(url: string, secret: string): Promise<string> {
  const client = await TestClient.connect(`${url}/connection/websocket`);
  client.send(JSON.stringify({ id: 1, connect: { token: secret } }));
  client.send(
    JSON.stringify({ id: 2, subscribe: { channel: 'a', token: canaries.make('of a subscription') } }),
  );
  await waitFor('an answer', () => client.texts.length > 0 || client.socket.readyState > 1 || undefined);
  client.socket.close();
  const { code, reason } = await client.closed;
  return [...client.texts, code, reason].join('\n');
}

const documents = ['/metrics', '/openapi.json', '/asyncapi.json', '/readyz', '/'];
const documentsOf = async (url: string) =>
  (await Promise.all(documents.map(async (path) => (await fetch(url + path)).text()))).join('\n');

describe('GIVEN a server that logs all it can, with secrets of its own', () => {
  it('WHEN clients bring secrets everywhere, and its stores go THEN none is in logs, answers or metrics', async () => {
    const server = await ServerProcess.start(['serve'], {
      ...loud(),
      ...urls(redisPassword, postgresPassword),
    });
    try {
      await server.whenReady();
      const said = [await everySecret(server.url)];
      for (const from of [`?token=${token}`, '']) {
        const headers: Record<string, string> = from === '' ? { Authorization: `Bearer ${token}` } : {};
        const client = await TestClient.connect(`${server.url}/secure/ws${from}`, headers);
        client.send(message);
        await client.waitForCount(1);
        await client.close();
      }
      const guest = await TestClient.connect(`${server.url}/chat/lobby?username=ann&token=${token}`);
      guest.send(message);
      await guest.waitFor('its message', ({ text }) => text === message);
      await guest.close();
      said.push(
        await channelsWith(server.url, token),
        await channelsWith(server.url, canaries.make('of no JWT')),
      );
      const data = await TestClient.connect(`${server.url}/data`);
      data.send(`{"password":"${canaries.make('in half a message')}`);
      said.push((await data.closed).reason);
      await Promise.all([cache.stop(), database.stop()]);
      await waitFor(
        'both to be missed',
        () =>
          ['redis is down', 'postgres is down'].every((line) => server.output.includes(line)) || undefined,
      );
      said.push(await everySecret(server.url), await documentsOf(server.url));
      await Promise.all([cache.start(), database.start()]);
      await server.whenReady();
      server.child.kill('SIGTERM');
      expect(await server.ended()).toBe(0);
      expect(server.output).toContain('A WebSocket ended');
      expect(canaries.foundIn(server.output)).toEqual([]);
      expect(canaries.foundIn(said.join('\n'))).toEqual([]);
    } finally {
      await server.kill();
    }
  });
});

describe('GIVEN a server whose passwords are wrong', () => {
  it('WHEN its stores refuse it THEN its log says so without them', async () => {
    const wrong = urls(canaries.make('a wrong Redis password'), canaries.make('a wrong Postgres password'));
    const server = await ServerProcess.start(['serve'], { ...loud(), ...wrong });
    try {
      await waitFor(
        'both refusals',
        () =>
          (/WRONGPASS/.test(server.output) && /password authentication failed/.test(server.output)) ||
          undefined,
      );
      expect(canaries.foundIn(server.output + (await documentsOf(server.url)))).toEqual([]);
    } finally {
      await server.kill();
    }
  });
});

describe('GIVEN settings with a secret in each that is wrong', () => {
  it('WHEN the server starts THEN it says what is wrong without them', async () => {
    const server = await ServerProcess.start(['serve'], {
      ...loud(),
      TIDEGATE_REDIS_URL: `redis://:${canaries.make('of a wrong URL of Redis')}@:port`,
      TIDEGATE_POSTGRES_URL: `mysql://tidegate:${canaries.make('of a wrong URL of Postgres')}@127.0.0.1/tidegate`,
      TIDEGATE_AUTH_API_KEYS: canaries.make('of an API key in plain'),
      TIDEGATE_AUTH_TOKEN_KEY: canaries.make('of a key that is too short').slice(0, 31),
    });
    expect(await server.ended()).not.toBe(0);
    expect(server.output).toContain('TG2001');
    expect(canaries.foundIn(server.output)).toEqual([]);
  });
});
