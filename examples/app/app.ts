import { type Database, database, dependency, HttpError, type RealtimeApp } from 'tidegate/server';
import { z } from 'zod';

const Lot = z.object({ lot: z.string().regex(/^[a-z0-9-]{1,40}$/, 'Must be letters, digits and hyphens') });
const Bidder = z.object({ bidder: z.string().min(1).max(40) });
const Offer = z.object({ amount: z.int().positive().describe('In cents') });
const Bid = Bidder.extend(Offer.shape);
type Bid = z.output<typeof Bid>;

/** The best bid of each lot. */
export interface Bids {
  best(lot: string): Promise<Bid | undefined>;
  /** Whether the bid is better than all before. */
  place(lot: string, bid: Bid): Promise<boolean>;
}

/** They live in the database of the environment; tests put others in their place. */
export const bids = dependency<Bids>({
  name: 'bids',
  scope: 'application',
  open: async ({ use }) => bidsIn(await use(database)),
});

async function bidsIn(db: Database): Promise<Bids> {
  // Replicas start together, and Postgres lets two that make one table collide.
  await db.exec(`
    SELECT pg_advisory_xact_lock(hashtext('auctions'));
    CREATE TABLE IF NOT EXISTS bids (lot text PRIMARY KEY, bidder text NOT NULL, amount integer NOT NULL);
  `);
  const place = `
    INSERT INTO bids (lot, bidder, amount) VALUES ($1, $2, $3)
    ON CONFLICT (lot) DO UPDATE SET bidder = excluded.bidder, amount = excluded.amount
    WHERE bids.amount < excluded.amount RETURNING lot`;
  return {
    async best(lot) {
      const [row] = await db.query('SELECT bidder, amount FROM bids WHERE lot = $1', [lot]);
      return row && Bid.parse(row);
    },
    place: async (lot, { bidder, amount }) => (await db.query(place, [lot, bidder, amount])).length > 0,
  };
}

/** Auctions: bids come in by WebSocket, and everyone at a lot learns of the best one. */
export default function auctions(app: RealtimeApp): void {
  const roomOf = (lot: string) => app.room(`auction ${lot}`);

  const messages = { summary: 'Bids for a lot', receives: Offer, sends: Bid };
  const options = { params: Lot, query: Bidder, messages };
  app.websocket('/auctions/:lot', options, async (socket, request) => {
    const { lot } = request.params;
    const { bidder } = request.query;
    const placed = await request.use(bids);
    await socket.accept();
    await roomOf(lot).join(socket, { as: bidder });
    for (;;) {
      const bid = { bidder, ...(await socket.receiveJson(Offer)) };
      if (await placed.place(lot, bid)) await roomOf(lot).broadcast(JSON.stringify(bid));
      else socket.sendJson({ tooLow: bid.amount });
    }
  });

  const schema = { params: Lot, response: { 200: Bid } };
  app.http.get('/auctions/:lot/best', { schema }, async (request) =>
    bestOf(await request.use(bids), request.params.lot),
  );

  // Who closes an auction need not wait until all bidders know.
  app.http.post('/auctions/:lot/close', { schema }, async (request) => {
    const { lot } = request.params;
    const sold = await bestOf(await request.use(bids), lot);
    request.background('tell the bidders', () => roomOf(lot).broadcast(JSON.stringify({ sold })));
    return sold;
  });
}

async function bestOf(placed: Bids, lot: string): Promise<Bid> {
  const best = await placed.best(lot);
  if (best === undefined) throw new HttpError(404, 'Nobody has bid yet');
  return best;
}
