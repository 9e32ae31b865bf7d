import { z } from 'zod';
import type { RealtimeApp } from '../app/application.ts';
import { HttpError } from '../app/http-error.ts';
import type { HistoryPage } from '../store/history.ts';

const Params = z.object({ room: z.string().max(128) });
const Limit = z.coerce.number().int().min(1).max(1_000).default(50).describe('Messages at the most');
const Message = z.object({
  id: z.uuid(),
  user: z.string(),
  text: z.string(),
  at: z.iso.datetime().describe('By the clock of the replica that the message came in at'),
});
const Page = z.object({
  items: z.array(Message).describe('The newest first'),
  next: z.string().nullable().describe('`before` of the next page; null on the last one'),
});

/** Chat goes on meanwhile: what is a second old is good enough, and a full room asks Postgres once. */
const CACHE = { cache: { seconds: 1 } };

/**
 * `/api/v1/rooms/:room/messages`: the last messages of a room. `/api/v2/rooms/:room/messages`: the same, in pages.
 */
export function roomMessages(app: RealtimeApp): void {
  const page = async (room: string, limit: number, before?: string): Promise<HistoryPage> => {
    const found = await app.history.page(room, limit, before);
    if (found === undefined)
      throw new HttpError(503, 'The history cannot be read now', { headers: { 'Retry-After': '1' } });
    return found;
  };

  const deprecated = { since: '2026-11-01', sunset: '2027-11-01', successor: 'v2' };
  app.api('v1', { deprecated }, (routes) => {
    const schema = {
      summary: 'The last messages of a room, oldest first',
      params: Params,
      querystring: z.object({ limit: Limit }),
      response: { 200: z.object({ messages: z.array(Message) }) },
    };
    routes.get('/rooms/:room/messages', { schema, config: CACHE }, async ({ params, query }) => {
      const { messages } = await page(params.room, query.limit);
      return { messages: messages.map(shown).reverse() };
    });
  });

  app.api('v2', (routes) => {
    const before = z
      .string()
      .regex(/^\d{1,18}$/, 'Must be `next` of another page')
      .optional();
    const schema = {
      summary: 'Messages of a room in pages, newest first',
      params: Params,
      querystring: z.object({ limit: Limit, before: before.describe('`next` of the page before') }),
      response: { 200: Page },
    };
    routes.get('/rooms/:room/messages', { schema, config: CACHE }, async ({ params, query }) => {
      const { messages, next } = await page(params.room, query.limit, query.before);
      return { items: messages.map(shown), next: next ?? null };
    });
  });
}

function shown({ id, user, text, at }: HistoryPage['messages'][number]): z.output<typeof Message> {
  return { id, user, text, at: at.toISOString() };
}
