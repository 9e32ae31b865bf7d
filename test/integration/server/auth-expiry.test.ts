import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpError } from '../../../src/server/index.ts';
import { sign, TOKEN_KEY } from './bad-tokens.ts';
import { TestClient } from './client.ts';
import { TestApp } from './test-app.ts';

const now = () => Math.floor(Date.now() / 1_000);
const tokenFor = (seconds: number, sub = 'alice') => sign({ sub, exp: now() + seconds });

let server: TestApp;
const connect = async (path: string, token: Promise<string>) =>
  TestClient.connect(`${server.url}${path}?token=${await token}`);

function define({ websocket }: TestApp['app']): void {
  websocket('/ws', { auth: 'required' }, async (socket, request) => {
    await socket.accept();
    for await (const token of socket.texts()) {
      const answer = await request.refresh(token).then(
        ({ id, expiresAt = 0 }) =>
          `${id} for ${Math.round((expiresAt - now()) / 60)} min, ${request.user?.expiresAt === expiresAt}`,
        (error: unknown) => (error instanceof HttpError ? `${error.status} ${error.message}` : 'failed'),
      );
      socket.sendText(answer);
    }
  });
  websocket('/never', { auth: 'required' }, async (socket) => {
    await new Promise<never>(() => {});
    await socket.accept();
  });
  websocket('/private', { auth: 'required', allow: () => false }, async (socket) => socket.accept());
}

describe('GIVEN clients whose tokens end', () => {
  beforeAll(async () => {
    server = await TestApp.start(define, { auth: { tokenKey: TOKEN_KEY, leewaySeconds: 0 } });
  });
  afterAll(() => server.stop());

  it('WHEN the moment comes THEN those are closed with 4401, one that was refreshed and one without an end are not', async () => {
    const ends = now() + 2;
    const brief = await Promise.all([1, 2].map(() => connect('/ws', sign({ sub: 'alice', exp: ends }))));
    const refreshed = await connect('/ws', sign({ sub: 'alice', exp: ends }));
    const endless = await connect('/ws', sign({ sub: 'alice' }));
    refreshed.send(await tokenFor(3_600));
    await refreshed.waitForCount(1);
    expect(refreshed.texts).toEqual(['alice for 60 min, true']);
    const closes = await Promise.all(brief.map(({ closed }) => closed));
    expect(closes).toEqual(Array(2).fill({ code: 4401, reason: 'The token has expired' }));
    const late = Date.now() / 1_000 - ends;
    expect([late >= 0, late < 5]).toEqual([true, true]);
    expect([refreshed, endless].map(({ socket }) => socket.readyState)).toEqual([1, 1]);
    await Promise.all([refreshed.close(), endless.close()]);
  });

  it('WHEN a refresh is not good THEN it is told, and the old end holds', async () => {
    const client = await connect('/ws', tokenFor(2));
    for (const token of [tokenFor(3_600, 'bob'), tokenFor(-60), 'nonsense']) client.send(await token);
    await client.waitForCount(3);
    expect(client.texts).toEqual([
      '403 The token is of another user',
      '401 The token has expired',
      '401 The token is not valid',
    ]);
    expect((await client.closed).code).toBe(4401);
  });

  it('WHEN it ends before the handler accepts THEN the handshake gets 401', async () => {
    await expect(connect('/never', tokenFor(1))).rejects.toMatchObject({ status: 401 });
  });
});

describe('GIVEN refusals that pages can see', () => {
  let visible: TestApp;
  beforeAll(async () => {
    visible = await TestApp.start(define, {
      auth: { tokenKey: TOKEN_KEY, refusals: 'close' },
      cors: { origins: ['https://chat.example.com'] },
    });
  });
  afterAll(() => visible.stop());

  it('WHEN a client may not come in THEN it is accepted and closed with 1008 and the reason', async () => {
    const paths = ['/ws', '/ws?token=nonsense', `/private?token=${await tokenFor(60)}`];
    const closes = await Promise.all(
      paths.map(async (path) => (await TestClient.connect(visible.url + path)).closed),
    );
    expect(closes).toEqual(
      ['A token is needed', 'The token is not valid', 'This user may not do this'].map((reason) => ({
        code: 1008,
        reason,
      })),
    );
  });

  it('WHEN a page offers subprotocols THEN it sees the close as well', async () => {
    const closed = await new Promise((resolve) => {
      const socket = new WebSocket(`${visible.url.replace('http', 'ws')}/ws`, ['chat', 'bearer.nonsense']);
      socket.onclose = ({ code, reason }) => resolve([code, reason, socket.protocol]);
    });
    expect(closed).toEqual([1008, 'The token is not valid', 'chat']);
  });

  it('WHEN the origin or the path is wrong THEN it is a status still', async () => {
    const evil = TestClient.connect(`${visible.url}/ws`, { origin: 'https://evil.example.org' });
    await expect(evil).rejects.toMatchObject({ status: 403 });
    await expect(TestClient.connect(`${visible.url}/nowhere`)).rejects.toMatchObject({ status: 404 });
  });

  it('WHEN they are counted THEN it is by reason, and no connection is left', async () => {
    const metrics = await (await fetch(`${visible.url}/metrics`)).text();
    const lines = metrics.split('\n').filter((line) => /^tidegate_(refusals_total|connections)\b/.test(line));
    expect(lines.sort()).toEqual([
      'tidegate_connections 0',
      'tidegate_refusals_total{reason="allow"} 1',
      'tidegate_refusals_total{reason="auth"} 3',
      'tidegate_refusals_total{reason="origin"} 1',
      'tidegate_refusals_total{reason="path"} 1',
    ]);
  });
});
