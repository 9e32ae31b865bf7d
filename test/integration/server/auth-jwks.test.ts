import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { sign } from './bad-tokens.ts';
import { TestApp } from './test-app.ts';

/** Publishes keys, unless it is down. */
class Issuer {
  keys: JWK[] = [];
  asked = 0;
  readonly port: number;
  #server: Server | undefined;

  private constructor(server: Server) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#serve(server);
  }

  static async start(): Promise<Issuer> {
    return new Issuer(await listen(0));
  }

  async up(): Promise<void> {
    this.#server = await listen(this.port);
    this.#serve(this.#server);
  }

  async down(): Promise<void> {
    const server = this.#server;
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  }

  #serve(server: Server): void {
    server.on('request', (_, response) => {
      this.asked += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: this.keys }));
    });
  }
}

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

let issuer: Issuer;
let server: TestApp;
const pairs = new Map<string, GenerateKeyPairResult>();

async function publish(...names: string[]): Promise<void> {
  issuer.keys = await Promise.all(
    names.map(async (kid) => {
      const pair = pairs.get(kid) ?? (await generateKeyPair('ES256', { extractable: true }));
      pairs.set(kid, pair);
      return { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' };
    }),
  );
}
async function tokenOf(kid: string): Promise<string> {
  const pair = pairs.get(kid) ?? (await generateKeyPair('ES256', { extractable: true }));
  return sign({ sub: 'alice' }, pair.privateKey, { alg: 'ES256', kid });
}
async function answerTo(kid: string): Promise<Response> {
  return fetch(`${server.url}/http`, { headers: { authorization: `Bearer ${await tokenOf(kid)}` } });
}
const statusOf = async (kid: string) => (await answerTo(kid)).status;

beforeAll(async () => {
  issuer = await Issuer.start();
  await publish('first');
  server = await TestApp.start(
    ({ http }) => {
      http.get('/http', { config: { auth: 'required' } }, async ({ user }) => ({ user: user?.id }));
    },
    { auth: { jwksUrl: `http://127.0.0.1:${issuer.port}/jwks.json`, jwksCooldownSeconds: 1 } },
  );
});
afterAll(async () => {
  await server.stop();
  await issuer.down();
});

describe('GIVEN an issuer that publishes its keys', () => {
  it('WHEN many tokens of one key come at once THEN it is asked once', async () => {
    expect(await Promise.all(Array.from({ length: 20 }, () => statusOf('first')))).toEqual(
      Array(20).fill(200),
    );
    expect(issuer.asked).toBe(1);
  });

  it('WHEN many tokens of unknown keys come THEN each is 401, and it is asked once a cooldown at the most', async () => {
    const before = { asked: issuer.asked, at: performance.now() };
    const statuses: number[] = [];
    for (let count = 0; count < 50; count += 1) statuses.push(await statusOf(`unknown ${count}`));
    expect(statuses).toEqual(Array(50).fill(401));
    const cooldowns = Math.ceil((performance.now() - before.at) / 1_000);
    expect(issuer.asked - before.asked).toBeLessThanOrEqual(cooldowns);
  });

  it('WHEN it rotates its keys THEN tokens of the new one are good without a restart, and the old one goes', async () => {
    await publish('first', 'second');
    await waitFor('the second key', async () => (await statusOf('second')) === 200 || undefined);
    expect(await statusOf('first')).toBe(200);
    await publish('second', 'third');
    await waitFor('the third key', async () => (await statusOf('third')) === 200 || undefined);
    expect([await statusOf('first'), await statusOf('second')]).toEqual([401, 200]);
  });

  it('WHEN it is away THEN known keys hold, others get 503, the log has one line, and all is well when it is back', async () => {
    await issuer.down();
    server.logged.splice(0);
    await waitFor('the cooldown', async () => (await statusOf('fourth')) === 503 || undefined);
    const answer = await answerTo('fifth');
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
      503,
      '2',
      { error: 'Tokens cannot be checked now; try again' },
    ]);
    expect([await statusOf('second'), await statusOf('third')]).toEqual([200, 200]);
    await publish('third', 'fourth');
    await issuer.up();
    await waitFor('the fourth key', async () => (await statusOf('fourth')) === 200 || undefined);
    expect(server.logged.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
      'warn The keys of tokens cannot be fetched',
      'info The keys of tokens can be fetched again',
    ]);
  });

  it('WHEN it answers something else THEN it is as if it were away', async () => {
    issuer.keys = 'none' as never;
    server.logged.splice(0);
    await waitFor('the cooldown', async () => (await statusOf('sixth')) === 503 || undefined);
    expect(await statusOf('third')).toBe(200);
    expect(server.logged).toMatchObject([{ level: 'warn', msg: 'The keys of tokens cannot be fetched' }]);
  });
});
