import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { launchBrowser } from '../browser.ts';
import { TestClient } from './client.ts';
import { startReplica } from './replica.ts';

let server: RunningServer;
let browser: Browser;
let complaints: string[];

beforeAll(async () => {
  [server, browser] = await Promise.all([startReplica(), launchBrowser()]);
  await server.whenReady();
  complaints = [];
});
afterAll(async () => {
  await browser.close();
  await server.drain();
});

async function tab(): Promise<Page> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return page;
}

async function enter(page: Page, name: string): Promise<void> {
  await page.goto(`${server.address.url}/?room=garden`);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('status', { name: 'Connection' }).filter({ hasText: 'Online' }).waitFor();
}

const texts = (page: Page) =>
  page.getByRole('log', { name: 'Messages' }).getByRole('listitem').allInnerTexts();
const present = (page: Page) => page.getByRole('complementary').getByRole('listitem').allInnerTexts();
const until = (what: string, ask: () => Promise<boolean>) =>
  waitFor(what, async () => ((await ask()) ? true : undefined), { seconds: 20, everyMilliseconds: 50 });

describe('GIVEN the page in two tabs of a browser', () => {
  it('WHEN two people talk THEN each sees both, who is present, and text rather than markup', async () => {
    const [alice, bob] = await Promise.all([tab(), tab()]);
    await enter(alice, 'alice');
    await enter(bob, 'bob');
    await alice.getByLabel('Message', { exact: true }).fill('hello <b>bob</b>');
    await alice.getByRole('button', { name: 'Send' }).click();
    await bob.getByText('hello <b>bob</b>').waitFor();
    await bob.getByLabel('Message', { exact: true }).fill('hello alice');
    await bob.keyboard.press('Enter');
    await alice.getByText('hello alice').waitFor();
    await until('both to be present', async () => (await present(alice)).join() === 'alice,bob');
    expect((await texts(alice)).map((text) => text.replace(/ · .*\n/, ': '))).toEqual([
      'alice joined',
      'bob joined',
      'alice: hello <b>bob</b>',
      'bob: hello alice',
    ]);
    await bob.close();
    await until('bob to vanish', async () => (await present(alice)).join() === 'alice');
    await alice.getByText('bob left').waitFor();
    await alice.close();
    expect(complaints).toEqual([]);
  });

  it('WHEN the connection is lost THEN the page says so, comes back by itself and shows what it missed', async () => {
    const [page, other] = [
      await tab(),
      await TestClient.connect(`${server.address.url}/chat/lost?username=other`),
    ];
    let cut: () => Promise<void> = async () => {};
    let refused = 0;
    await page.routeWebSocket(/\/chat\//, (route) => {
      if (refused > 0) {
        refused -= 1;
        void route.close({ code: 1013 });
        return;
      }
      const upstream = route.connectToServer();
      cut = async () => {
        await route.close({ code: 1012, reason: 'The server is draining; retry-after-ms=200' });
        await upstream.close();
      };
    });
    await page.goto(`${server.address.url}/?room=lost`);
    await page.getByLabel('Your name').fill('carol');
    await page.getByRole('button', { name: 'Join' }).click();
    const status = page.getByRole('status', { name: 'Connection' });
    await status.filter({ hasText: 'Online' }).waitFor();
    refused = 1;
    await cut();
    await status.filter({ hasText: 'draining' }).waitFor();
    other.send('said meanwhile');
    await status.filter({ hasText: 'Online' }).waitFor();
    await page.getByText('said meanwhile').waitFor();
    await page.getByRole('button', { name: 'Leave' }).click();
    await other.waitFor("carol's leave", ({ type, user }) => type === 'leave' && user === 'carol');
    await Promise.all([page.close(), other.close()]);
  });
});
