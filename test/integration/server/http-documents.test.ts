import asyncApiSpecs from '@asyncapi/specs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunningServer } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from './client.ts';
import { startReplica } from './replica.ts';
import { TestApp } from './test-app.ts';

const APP = {
  name: 'Shop',
  version: '2.1.0',
  contact: { name: 'Team', email: 'team@example.com' },
  license: { name: 'Apache-2.0' },
};

let server: RunningServer;
beforeAll(async () => {
  server = await startReplica({ app: APP });
  await server.whenReady();
});
afterAll(() => server.drain());

const json = async (url: string) => (await fetch(url)).json();

describe('GIVEN the bundled server', () => {
  it('WHEN /openapi.json is asked for THEN it is valid OpenAPI 3.1, and says what the settings say', async () => {
    const document = await json(`${server.address.url}/openapi.json`);
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect({ valid, errors }).toEqual({ valid: true });
    expect([document.openapi, document.info]).toEqual([
      '3.1.0',
      { title: 'Shop', version: '2.1.0', contact: APP.contact, license: APP.license },
    ]);
    const operation = document.paths['/api/v2/rooms/{room}/messages'].get;
    expect(
      operation.parameters.map(({ in: place, name }: { in: string; name: string }) => `${place} ${name}`),
    ).toEqual(expect.arrayContaining(['query limit', 'query before', 'path room']));
    expect(Object.keys(operation.responses)).toEqual(['200', '4XX']);
    expect(document.paths['/api/v1/rooms/{room}/messages'].get.deprecated).toBe(true);
    expect(operation.deprecated).toBeUndefined();
    expect(Object.keys(document.paths)).not.toContain('/');
  });

  it('WHEN /asyncapi.json is asked for THEN it is valid AsyncAPI 3.0 of every endpoint', async () => {
    const document = await json(`${server.address.url}/asyncapi.json`);
    // The schema brings JSON Schema's own along.
    const ajv = new Ajv({ meta: false, validateSchema: false, strict: false, validateFormats: false });
    const { schemas } = asyncApiSpecs as unknown as { schemas: Record<string, object> };
    const validate = ajv.compile(schemas['3.0.0'] ?? {});
    expect([validate(document), validate.errors]).toEqual([true, null]);
    const { channels } = document;
    expect(Object.values<{ address: string }>(channels).map(({ address }) => address)).toEqual(
      expect.arrayContaining(['/ws', '/secure/ws', '/data', '/chat/{room}', '/connection/websocket']),
    );
    expect(channels.chat_room.bindings.ws.query.properties.username.type).toBe('string');
    expect(channels.chat_room.messages.sent.payload.properties.type.enum).toEqual([
      'message',
      'join',
      'leave',
    ]);
    expect(document.operations.secure_ws_receive.security).toHaveLength(3);
  });
});

describe('GIVEN two versions of an interface', () => {
  it('WHEN both are asked THEN both answer, and the deprecated one says what comes after it', async () => {
    const talker = await TestClient.connect(`${server.address.url}/chat/versions?username=ada`);
    for (const text of ['one', 'two', 'three']) talker.send(text);
    await waitFor('the messages to be stored', () => (server.history.stored === 3 ? true : undefined));
    await talker.close();
    const v1 = await fetch(`${server.address.url}/api/v1/rooms/versions/messages?limit=2`);
    expect(
      Object.fromEntries(['deprecation', 'sunset', 'link'].map((name) => [name, v1.headers.get(name)])),
    ).toEqual({
      deprecation: '@1793491200',
      sunset: 'Mon, 01 Nov 2027 00:00:00 GMT',
      link: '</api/v2>; rel="successor-version"',
    });
    const texts = (list: readonly { text: string }[]) => list.map(({ text }) => text);
    expect(texts((await v1.json()).messages)).toEqual(['two', 'three']);
    const first = await fetch(`${server.address.url}/api/v2/rooms/versions/messages?limit=2`);
    const { items, next } = await first.json();
    expect([first.headers.get('deprecation'), texts(items)]).toEqual([null, ['three', 'two']]);
    const second = await json(`${server.address.url}/api/v2/rooms/versions/messages?limit=2&before=${next}`);
    expect([texts(second.items), second.next]).toEqual([['one'], null]);
  });

  it('WHEN a page is asked for that is none THEN 422 says what to give', async () => {
    const answer = await fetch(`${server.address.url}/api/v2/rooms/a/messages?before=x`);
    expect([answer.status, (await answer.json()).error]).toEqual([
      422,
      'query.before: Must be `next` of another page',
    ]);
  });
});

describe('GIVEN routes and endpoints of an application', () => {
  it('WHEN they need a proof THEN the documents say which are taken', async () => {
    const app = await TestApp.start((it) => {
      it.http.get('/me', { config: { auth: 'required' } }, async ({ user }) => ({ id: user?.id }));
      it.http.get('/sync', { config: { auth: 'api' } }, async () => ({}));
      it.http.post('/items', { schema: { body: z.object({ name: z.string() }) } }, async () => ({}));
      it.websocket('/bids/:lot', { messages: { receives: z.object({ bid: z.number() }) } }, async () => {});
    });
    const [openapi, asyncapi] = await Promise.all([
      json(`${app.url}/openapi.json`),
      json(`${app.url}/asyncapi.json`),
    ]);
    await app.stop();
    expect(openapi.paths['/me'].get.security).toEqual([{ bearer: [] }, { token: [] }, { apiKey: [] }]);
    expect(openapi.paths['/sync'].get.security).toEqual([{ apiKey: [] }]);
    expect(openapi.paths['/items'].post.requestBody.content['application/json'].schema.required).toEqual([
      'name',
    ]);
    expect((await new Validator().validate(openapi)).valid).toBe(true);
    expect(asyncapi.channels.bids_lot.messages.received.payload.properties).toEqual({
      bid: { type: 'number' },
    });
  });

  it('WHEN documents are switched off THEN there are none', async () => {
    const app = await TestApp.start(() => {}, { http: { docs: false } });
    const paths = ['/docs', '/openapi.json', '/asyncapi.json'];
    const statuses = await Promise.all(paths.map(async (path) => (await fetch(app.url + path)).status));
    await app.stop();
    expect(statuses).toEqual([404, 404, 404]);
  });
});
