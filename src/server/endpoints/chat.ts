import { randomUUID } from 'node:crypto';
import type { RealtimeApp } from '../realtime.ts';
import type { ChatMessage } from '../store/chat-message.ts';
import type { Request } from '../transport/gate.ts';

/** What a member of a room gets. */
interface ChatEvent {
  readonly type: 'message' | 'join' | 'leave';
  readonly user: string;
  /** What was said; for `join` and `leave` a sentence that tells of it. */
  readonly text: string;
  /** ISO 8601, by the clock of the replica that the message came in at. */
  readonly at: string;
  /** True on messages from before the join; absent on all others. */
  readonly replay?: true;
}

const MOST_NAME_CHARACTERS = 64;
const MOST_ROOM_CHARACTERS = 128;

/**
 * `/chat/:room?username=…`: a plain text goes to every member of the room, as JSON.
 *
 * Who joins gets the room's last messages first, marked `"replay":true`, then everything that happens, its own join
 * included. With `presence=1` in the query it also gets who is present, at every change.
 */
export function chat(app: RealtimeApp): void {
  app.websocket('/chat/:room', async (socket, request) => {
    const name = request.params.room ?? '';
    const user = userOf(request);
    if (user === undefined)
      return socket.reject(400, `username must have 1 to ${MOST_NAME_CHARACTERS} characters`);
    if (name.length > MOST_ROOM_CHARACTERS) {
      return socket.reject(400, `The room's name must have at most ${MOST_ROOM_CHARACTERS} characters`);
    }
    await socket.accept();
    const room = app.room(name);
    const tell = (type: 'join' | 'leave', text: string) =>
      room.broadcast(JSON.stringify({ type, user, text, at: new Date().toISOString() } satisfies ChatEvent));

    await room.join(socket, {
      as: user,
      history: async () =>
        (await app.history.recent(name, app.settings.chat.replay)).map((message) => ({
          id: message.id,
          text: eventText(message, true),
        })),
    });
    if (request.query.get('presence') === '1') room.watchPresence(socket);
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
  });
}

function eventText({ user, text, at }: ChatMessage, replay: boolean): string {
  const event: ChatEvent = { type: 'message', user, text, at: at.toISOString(), ...(replay && { replay }) };
  return JSON.stringify(event);
}

/** The name a client gave itself, without control characters; `anonymous` when it gave none. */
function userOf({ query }: Request): string | undefined {
  const name = (query.get('username') ?? 'anonymous').replace(/\p{Cc}/gu, '').trim();
  return name === '' || name.length > MOST_NAME_CHARACTERS ? undefined : name;
}
