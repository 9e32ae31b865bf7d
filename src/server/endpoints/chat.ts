import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { RealtimeApp } from '../app/application.ts';
import type { ChatMessage } from '../store/chat-message.ts';

/** What a member of a room gets. */
const ChatEvent = z.object({
  type: z.enum(['message', 'join', 'leave']),
  user: z.string(),
  text: z.string().describe('What was said; for `join` and `leave` a sentence that tells of it'),
  at: z.iso.datetime().describe('By the clock of the replica that the message came in at'),
  replay: z.literal(true).optional().describe('On messages from before the join; absent on all others'),
});
type ChatEvent = Readonly<z.output<typeof ChatEvent>>;

const Messages = {
  summary: 'A plain text goes to every member of the room',
  receives: z.string(),
  sends: ChatEvent,
};

const Params = z.object({ room: z.string().max(128, 'Must have at most 128 characters') });

const Query = z.object({
  /** The name a client gives itself, without control characters. */
  username: z
    .string()
    .default('anonymous')
    .transform((name) => name.replace(/\p{Cc}/gu, '').trim())
    .pipe(z.string().regex(/^.{1,64}$/su, 'Must have 1 to 64 characters')),
  presence: z.stringbool().default(false),
});

/**
 * `/chat/:room?username=…`: a plain text goes to every member of the room, as JSON.
 *
 * Who joins gets the room's last messages first, marked `"replay":true`, then everything that happens, its own join
 * included. With `presence=1` in the query it also gets who is present, at every change.
 */
export function chat(app: RealtimeApp): void {
  app.websocket(
    '/chat/:room',
    { params: Params, query: Query, messages: Messages },
    async (socket, request) => {
      const { room: name } = request.params;
      const { username: user, presence } = request.query;
      await socket.accept();
      const room = app.room(name);
      const tell = (type: 'join' | 'leave', text: string) =>
        room.broadcast(
          JSON.stringify({ type, user, text, at: new Date().toISOString() } satisfies ChatEvent),
        );

      await room.join(socket, {
        as: user,
        history: async () =>
          (await app.history.recent(name, app.settings.chat.replay)).map((message) => ({
            id: message.id,
            text: eventText(message, true),
          })),
      });
      if (presence) room.watchPresence(socket);
      try {
        await tell('join', `${user} joined`);
        for await (const text of socket.texts()) {
          const message = { id: randomUUID(), room: name, user, text, at: new Date() };
          app.history.append(message);
          await room.broadcast(eventText(message, false), message.id);
        }
      } finally {
        room.leave(socket);
        await tell('leave', `${user} left`);
      }
    },
  );
}

function eventText({ user, text, at }: ChatMessage, replay: boolean): string {
  const event: ChatEvent = { type: 'message', user, text, at: at.toISOString(), ...(replay && { replay }) };
  return JSON.stringify(event);
}
