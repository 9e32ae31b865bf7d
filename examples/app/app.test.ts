import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createLogger, loadSettings, realtime } from 'tidegate/server';
import auctions, { type Bids, bids } from './app.ts';

/** Bids that no database keeps. */
function bidsInMemory(): Bids {
  const best = new Map<string, Awaited<ReturnType<Bids['best']>>>();
  return {
    best: async (lot) => best.get(lot),
    async place(lot, bid) {
      if (bid.amount <= (best.get(lot)?.amount ?? 0)) return false;
      best.set(lot, bid);
      return true;
    },
  };
}

const dataDirectory = mkdtempSync(join(tmpdir(), 'auctions-'));
const settings = loadSettings({ env: {}, overrides: { source: 'the test', settings: { dataDirectory } } });
const app = realtime({ settings: { ...settings, port: 0 }, log: createLogger('warn') });
app.override(bids, bidsInMemory());
auctions(app);
const { url } = await app.listen();
after(async () => {
  await app.drain();
  rmSync(dataDirectory, { recursive: true });
});

async function bidder(
  lot: string,
  name: string,
): Promise<{ bid(amount: number): void; next(): Promise<unknown> }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/auctions/${lot}?bidder=${name}`);
  const received: unknown[] = [];
  let arrived = () => {};
  socket.onmessage = ({ data }) => {
    received.push(JSON.parse(String(data)));
    arrived();
  };
  await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
  return {
    bid: (amount) => socket.send(JSON.stringify({ amount })),
    async next() {
      while (received.length === 0)
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      return received.shift();
    },
  };
}

test('everyone at a lot learns of a better bid, and who bids too little alone of that', async () => {
  const [ann, bob] = await Promise.all([bidder('vase', 'ann'), bidder('vase', 'bob')]);
  ann.bid(100);
  assert.deepEqual(
    [await ann.next(), await bob.next()],
    [
      { bidder: 'ann', amount: 100 },
      { bidder: 'ann', amount: 100 },
    ],
  );
  bob.bid(90);
  assert.deepEqual(await bob.next(), { tooLow: 90 });
});

test('a closed auction is told to its bidders', async () => {
  const ann = await bidder('clock', 'ann');
  ann.bid(70);
  await ann.next();
  const sold = { bidder: 'ann', amount: 70 };
  const response = await fetch(`${url}/auctions/clock/close`, { method: 'POST' });
  assert.deepEqual(await response.json(), sold);
  assert.deepEqual(await ann.next(), { sold });
});

test('what nobody has bid for is not found, and a lot that cannot be is refused', async () => {
  assert.equal((await fetch(`${url}/auctions/lamp/best`)).status, 404);
  assert.equal((await fetch(`${url}/auctions/NO!/best`)).status, 422);
});
