import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { task } from '../../../src/server/index.ts';
import { redisServer } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';
import { TestApp } from './test-app.ts';

const PASSWORD = 'a-password-of-the-tests';
/** As docs/stores.md tells. */
const USER = `chat on >${PASSWORD} ~tidegate:* &tidegate:* +@all -@dangerous +info`;

const ran: string[] = [];
const mail = task({ name: 'mail', input: z.string(), run: (text) => void ran.push(text) });

let store: StoreProcess;
let server: TestApp;
beforeAll(async () => {
  store = await redisServer((directory) => [
    ...['--save', '', '--dir', directory, '--user', ...USER.split(' '), '--requirepass', 'of-nobody'],
  ]);
  await store.start();
  server = await TestApp.start(({ tasks }) => tasks.define(mail), {
    redis: { host: '127.0.0.1', port: store.port, user: 'chat', password: PASSWORD },
    channels: { namespaces: [{ name: 'room', historySize: 10, presence: true }] },
  });
  await server.app.whenReady();
});
afterAll(async () => {
  await server.stop();
  await store.remove();
});

describe('GIVEN a user of Redis that may do no more than what is told', () => {
  it('WHEN the server logs in as it THEN channels and tasks work', async () => {
    const { channels, tasks } = server.app;
    await channels.publish('room:news', 'kept');
    const { publications } = await channels.history('room:news', { limit: -1 });
    expect(publications.map(({ data }) => data)).toEqual(['kept']);
    await tasks.enqueue(mail, 'sent');
    await expect.poll(() => ran, { timeout: 20_000 }).toEqual(['sent']);
  });
});
