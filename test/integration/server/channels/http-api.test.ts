import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../../src/server/index.ts';
import { apiKeyEntry, newSecretData } from '../../../../src/spec/index.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { startReplica } from '../replica.ts';
import { sdkClient } from './sdk.ts';

/** What the Secret of an environment holds. */
const { key: KEY = '', entries = '' } = newSecretData({
  role: 'api',
  generated: {},
  name: 'chat-api',
  key: 'entries',
});
const ROBOT = 'a-key-that-stands-for-a-user';

let server: RunningServer;
const call = async (method: string, body: object, headers: Record<string, string> = { 'x-api-key': KEY }) => {
  const response = await fetch(`${server.address.url}/api/channels/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as { result?: unknown; error?: string }) };
};

beforeAll(async () => {
  const room = { name: 'room', historySize: 10, presence: true, allowSubscribe: 'anyone' } as const;
  server = await startReplica({
    auth: { apiKeys: [entries, apiKeyEntry({ name: 'robot', scope: 'user' }, ROBOT)] },
    channels: { anonymous: true, namespaces: [room, { name: 'plain' }] },
  });
});
afterAll(() => server.drain());

describe('GIVEN the server API', () => {
  it('WHEN the key is missing, wrong or of another scope THEN it is refused', async () => {
    const body = { channel: 'room:a', data: 1 };
    const refusals: readonly Record<string, string>[] = [
      {},
      { 'x-api-key': `${KEY}x` },
      { 'x-api-key': entries },
      { authorization: 'apikey wrong' },
      { authorization: `Bearer ${KEY}` },
      { 'x-api-key': ROBOT },
      { 'x-api-key': KEY, authorization: `ApiKey ${ROBOT}` },
    ];
    const answers = [];
    for (const headers of refusals) {
      const { status, error } = await call('publish', body, headers);
      answers.push([status, error]);
    }
    expect(answers).toEqual([
      [401, 'An API key is needed'],
      [401, 'The API key is not valid'],
      [401, 'The API key is not valid'],
      [401, 'The API key is not valid'],
      [401, 'An API key is needed'],
      [403, 'The API key has not the scope api'],
      [400, 'The headers hold more than one API key'],
    ]);
    expect((await call('publish', body, { authorization: `apikey ${KEY}` })).status).toBe(200);
  });

  it('WHEN it is published THEN the position comes back, once for a key, and history has it', async () => {
    const publish = (data: unknown, key?: string) =>
      call('publish', { channel: 'room:b', data, tags: { a: 'b' }, ...(key && { idempotency_key: key }) });
    const first = await publish({ n: 1 }, 'k');
    expect(first).toEqual({ status: 200, result: { offset: 1, epoch: expect.any(String) } });
    expect(await publish({ n: 2 }, 'k')).toEqual(first);
    const { epoch } = first.result as { epoch: string };
    expect(await call('history', { channel: 'room:b', limit: 5 })).toEqual({
      status: 200,
      result: { epoch, offset: 1, publications: [{ data: { n: 1 }, offset: 1, tags: { a: 'b' } }] },
    });
    await call('history_remove', { channel: 'room:b' });
    expect(await call('history', { channel: 'room:b', limit: 5 })).toMatchObject({
      result: { offset: 1, publications: [] },
    });
  });

  it('WHEN it is broadcast THEN each channel has its own answer', async () => {
    expect(await call('broadcast', { channels: ['room:c', 'nope:c', 'plain:c'], data: 1 })).toMatchObject({
      status: 200,
      result: {
        responses: [
          { result: { offset: 1 } },
          { error: { code: 102, message: 'unknown channel' } },
          { result: { offset: 0, epoch: '' } },
        ],
      },
    });
  });

  it.each([
    ['publish', { channel: 'nope:a', data: 1 }, 404, 'unknown channel (102)'],
    ['publish', { data: 1 }, 422, expect.stringContaining('body.channel')],
    ['publish', { channel: 'room:a' }, 422, 'body.data: Must be given'],
    ['history', { channel: 'plain:a' }, 409, 'not available (108)'],
    ['presence', { channel: 'plain:a' }, 409, 'not available (108)'],
    ['history', { channel: 'room:d', since: { offset: 1, epoch: 'x' } }, 409, 'unrecoverable position (112)'],
    ['disconnect', {}, 422, 'body: Must name a user or a client'],
    [
      'disconnect',
      { user: 'a', disconnect: { code: 1000 } },
      422,
      expect.stringContaining('body.disconnect.code'),
    ],
  ])('WHEN %s is called with %o THEN it is %d', async (method, body, status, error) => {
    expect(await call(method, body)).toMatchObject({ status, error });
  });

  it('WHEN a client is connected THEN it is present, can be subscribed, and disconnected', async () => {
    const client = sdkClient('json', server.address.url);
    const events: unknown[] = [];
    client.on('subscribed', ({ channel, data }) => void events.push(['subscribed', channel, data]));
    client.on('publication', ({ data }) => void events.push(data));
    client.on('unsubscribed', ({ channel }) => void events.push(['unsubscribed', channel]));
    const gone = new Promise((resolve) => client.once('disconnected', resolve));
    const id = await new Promise<string>((resolve) => {
      client.once('connected', (context) => resolve(context.client));
      client.connect();
    });
    await call('subscribe', { client: id, channel: 'room:e', data: { hello: 1 }, info: { a: 1 } });
    await call('publish', { channel: 'room:e', data: 'x' });
    expect(await call('presence', { channel: 'room:e' })).toEqual({
      status: 200,
      result: { presence: { [id]: { client: id, user: '', chan_info: { a: 1 } } } },
    });
    expect(await call('presence_stats', { channel: 'room:e' })).toEqual({
      status: 200,
      result: { num_clients: 1, num_users: 1 },
    });
    await call('unsubscribe', { client: id, channel: 'room:e' });
    await waitFor('all events', () => events.length === 3 || undefined, { everyMilliseconds: 5 });
    expect(events).toEqual([['subscribed', 'room:e', { hello: 1 }], 'x', ['unsubscribed', 'room:e']]);
    await waitFor('the report', async () => {
      const { result } = await call('info', {});
      const [node] = (result as { nodes: { num_clients: number }[] }).nodes;
      return node?.num_clients === 1 || undefined;
    });
    await call('disconnect', { client: id, disconnect: { code: 4500, reason: 'enough' } });
    expect(await gone).toEqual({ code: 4500, reason: 'enough' });
  });
});

describe('GIVEN a server without a key for its API', () => {
  it('WHEN it is called THEN it is refused', async () => {
    const bare = await startReplica();
    const headers = { 'x-api-key': KEY };
    const response = await fetch(`${bare.address.url}/api/channels/info`, { method: 'POST', headers });
    expect([response.status, response.headers.get('www-authenticate'), await response.json()]).toMatchObject([
      401,
      'ApiKey realm="tidegate"',
      { error: 'The API key is not valid' },
    ]);
    await bare.drain();
  });
});
