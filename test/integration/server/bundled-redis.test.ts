import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { render } from '../../../src/constructs/index.ts';
import { task } from '../../../src/server/index.ts';
import { derive, parse } from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { redis } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';
import { TestApp } from './test-app.ts';

const PASSWORD = 'a-password-of-the-tests';
/** 32 MiB of data at the most. */
const SMALL = parse(environment({ redis: { standalone: { resources: limits('64Mi') } } }));
const mail = task({ name: 'mail', input: z.string(), run: () => {} });

function limits(memory: string) {
  return { requests: { memory }, limits: { memory } };
}

/** What the ConfigMap has, with a directory in place of those of the container. */
function config(directory: string): string {
  const map = render(SMALL).find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'chat-redis',
  );
  const text =
    (map as unknown as { readonly data: Readonly<Record<string, string>> }).data['redis.conf'] ?? '';
  writeFileSync(join(directory, 'auth.conf'), `requirepass "${PASSWORD}"\n`, { mode: 0o644 });
  return text.replace('/data', directory).replace('/run/redis', directory);
}

let store: StoreProcess;
let client: Redis;
let server: TestApp;

beforeAll(async () => {
  store = await redis(PASSWORD, { config });
  await store.start();
  client = new Redis({ port: store.port, password: PASSWORD });
  client.on('error', () => {});
  server = await TestApp.start(({ tasks }) => tasks.define(mail), {
    redis: { host: '127.0.0.1', port: store.port, password: PASSWORD },
    tasks: { inServer: false },
    channels: { namespaces: [{ name: 'room', historySize: 10 }] },
  });
  await server.app.whenReady();
});
afterAll(async () => {
  await server.stop();
  client.disconnect();
  await store.remove();
});

describe('GIVEN the Redis of an environment', () => {
  it('WHEN it is killed THEN queued tasks and the history of channels are there again', async () => {
    const { channels, tasks } = server.app;
    await tasks.enqueue(mail, 'first');
    const { offset, epoch } = await channels.publish('room:news', 'kept');
    await waitFor('what was acknowledged to be on the disk', async () => {
      const info = await client.info('persistence');
      return /aof_buffer_length:0\r/.test(info) && /aof_pending_bio_fsync:0\r/.test(info) ? true : undefined;
    });
    await store.stop();
    await store.start();
    await server.app.whenReady();

    expect(await tasks.stats(mail)).toMatchObject({ waiting: 1 });
    const history = await channels.history('room:news', { limit: -1 });
    expect([history.offset, history.epoch, history.publications.map(({ data }) => data)]).toEqual([
      offset,
      epoch,
      ['kept'],
    ]);
  });

  it('WHEN it is full THEN it refuses writes, and throws nothing away', async () => {
    expect(derive(SMALL.spec).redisMaxMemoryBytes).toBe(32 * 1024 * 1024);
    const megabyte = 'x'.repeat(1024 * 1024);
    let written = 0;
    const fill = async () => {
      for (;;) {
        await client.set(`fill:${written}`, megabyte, 'EX', 3_600);
        written += 1;
      }
    };
    await expect(fill()).rejects.toThrow(/^OOM /);
    expect(written).toBeGreaterThan(20);
    expect(await client.keys('fill:*')).toHaveLength(written);
    expect(await server.app.tasks.stats(mail)).toMatchObject({ waiting: 1 });
  });
});
