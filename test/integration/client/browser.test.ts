import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { ChromiumClient } from './chromium.ts';

let browser: Browser;
let client: ChromiumClient;

beforeAll(async () => {
  browser = await ChromiumClient.launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  client = await ChromiumClient.open(browser);
});
afterEach(() => client[Symbol.asyncDispose]());

const soon = { everyMilliseconds: 5 };
const received = (count: number) =>
  waitFor(`${count} messages`, () => client.server.received.length >= count || undefined, soon);

describe('GIVEN the client in Chromium', () => {
  it('WHEN both sides send texts and bytes THEN they arrive as they were, in order', async () => {
    const { page, server } = client;
    server.serve = (socket) => socket.on('message', (data, binary) => socket.send(data, { binary }));
    const results = await page.evaluate(() => {
      const socket = window.connect();
      const bytes = new Uint8Array([1, 2, 3]);
      const results = [socket.send('early'), socket.send(bytes), socket.send('last early')];
      bytes.fill(0);
      return results;
    });
    await client.reached('open');
    expect(await page.evaluate(() => window.socket.send(new Uint8Array([9, 4, 9]).subarray(1, 2)))).toBe(
      'sent',
    );
    await received(4);
    await page.waitForFunction(() => window.events.length >= 5);
    expect(results).toEqual(['queued', 'queued', 'queued']);
    expect(await client.events()).toEqual([
      ['state', 'open'],
      ['message', 'early'],
      ['binary', [1, 2, 3]],
      ['message', 'last early'],
      ['binary', [4]],
    ]);
  });

  it('WHEN the server drains THEN the client comes back after the advised delay with what was queued', async () => {
    const { page, server } = client;
    await page.evaluate(() => {
      const socket = window.connect({ protocols: ['chat'] });
      socket.on('state', (state) => {
        if (state === 'waiting') window.events.push(['send', socket.send('meanwhile')]);
      });
    });
    await client.reached('open');
    const drained = performance.now();
    server.served[0]?.close(1012, 'The server is draining; retry-after-ms=150');
    await received(1);
    expect(performance.now() - drained).toBeGreaterThan(145);
    expect(server.received).toEqual(['meanwhile']);
    await client.reached('open');
    expect(await page.evaluate(() => window.socket.protocol)).toBe('chat');
    expect(await client.events()).toEqual([
      ['state', 'open'],
      ['state', 'waiting'],
      ['send', 'queued'],
      [
        'reconnecting',
        { attempt: 1, delayMs: 150, code: 1012, reason: 'The server is draining; retry-after-ms=150' },
      ],
      ['state', 'connecting'],
      ['state', 'open'],
    ]);
  });

  it('WHEN it closes, or its signal is aborted, THEN the server sees 1000 and nobody comes back', async () => {
    const { page, server } = client;
    await page.evaluate(() => {
      const controller = new AbortController();
      window.connect({ signal: controller.signal });
      window.addEventListener('abort-now', () => controller.abort());
    });
    await client.reached('open');
    const seen = server.closeOf(1);
    await page.evaluate(() => window.dispatchEvent(new Event('abort-now')));
    expect(await seen).toEqual({ code: 1000, reason: '' });
    expect((await client.events()).slice(1)).toEqual([
      ['state', 'closed'],
      ['close', { code: 1000, reason: '' }],
    ]);
  });

  it('WHEN a listener throws THEN that is an uncaught error and the others hear of the event', async () => {
    const { page, server } = client;
    await page.evaluate(() => {
      const socket = new window.tidegate.ReconnectingSocket(`ws://${location.host}`);
      socket.on('state', () => {
        throw new Error('The listener failed');
      });
      socket.on('state', () => socket.send('after the failure'));
    });
    await received(1);
    await waitFor('the error', () => client.errors.length > 0 || undefined, soon);
    expect([server.received, client.errors]).toEqual([['after the failure'], ['The listener failed']]);
  });
});

describe('GIVEN a browser that loses its network', () => {
  it('WHEN it was connected THEN it leaves, queues, makes no attempt, and connects at once when the network is back', async () => {
    const { page, server, context } = client;
    await page.evaluate(() => void window.connect({ baseDelayMs: 60_000, maxDelayMs: 60_000 }));
    await client.reached('open');
    const left = server.closeOf(1);
    await context.setOffline(true);
    await client.reached('offline');
    expect(await page.evaluate(() => [window.socket.send('one'), window.socket.send('two')])).toEqual([
      'queued',
      'queued',
    ]);
    await context.setOffline(false);
    await client.reached('open');
    await received(2);
    expect(server.received).toEqual(['one', 'two']);
    await left;
    expect(server.served).toHaveLength(2);
    expect(await client.events()).toEqual([
      ['state', 'open'],
      ['state', 'offline'],
      ['state', 'connecting'],
      ['state', 'open'],
    ]);
  });

  it('WHEN it starts without network THEN it waits without an attempt', async () => {
    const { page, server, context } = client;
    await context.setOffline(true);
    const asked = await page.evaluate(() => {
      let asked = 0;
      const address = () => {
        asked += 1;
        return `ws://${location.host}`;
      };
      window.socket = new window.tidegate.ReconnectingSocket(address, { maxRetries: 0 });
      return [asked, window.socket.state];
    });
    expect(asked).toEqual([0, 'offline']);
    await context.setOffline(false);
    await client.reached('open');
    expect(server.served).toHaveLength(1);
  });

  it('WHEN the network comes back during a long back-off THEN it does not wait for its end', async () => {
    const { page, server, context } = client;
    server.serve = (socket, count) => {
      if (count === 1) socket.close(1011);
    };
    // Half an hour, give or take luck: the event must be what ends it.
    await page.evaluate(() => {
      Math.random = () => 0.5;
      window.connect({ baseDelayMs: 3_600_000, maxDelayMs: 3_600_000 });
    });
    await client.reached('waiting');
    await context.setOffline(true);
    await client.reached('offline');
    await context.setOffline(false);
    await client.reached('open');
    expect(server.served).toHaveLength(2);
  });

  it('WHEN the server had asked for a pause THEN that holds when the network is back', async () => {
    const { page, server, context } = client;
    server.serve = (socket, count) => {
      if (count === 1) socket.close(1012, 'retry-after-ms=2000');
    };
    await page.evaluate(() => void window.connect());
    await client.reached('waiting');
    const asked = performance.now();
    await context.setOffline(true);
    await client.reached('offline');
    await context.setOffline(false);
    await client.reached('waiting');
    await client.reached('open');
    expect(performance.now() - asked).toBeGreaterThan(1_500);
    expect(server.served).toHaveLength(2);
  });

  it('WHEN it is told not to mind THEN the connection stays', async () => {
    const { page, server, context } = client;
    await page.evaluate(() => void window.connect({ awaitNetwork: false }));
    await client.reached('open');
    const heard = page.evaluate(
      () => new Promise<void>((resolve) => window.addEventListener('offline', () => resolve())),
    );
    await context.setOffline(true);
    await heard;
    expect([await page.evaluate(() => window.socket.state), server.served.length]).toEqual(['open', 1]);
  });

  it('WHEN it is closed THEN the network no longer matters', async () => {
    const { page, server, context } = client;
    await page.evaluate(() => void window.connect());
    await client.reached('open');
    await page.evaluate(() => window.socket.close());
    await context.setOffline(true);
    await context.setOffline(false);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    expect((await client.events()).slice(1)).toEqual([
      ['state', 'closed'],
      ['close', { code: 1000, reason: '' }],
    ]);
    expect(server.served).toHaveLength(1);
  });
});
