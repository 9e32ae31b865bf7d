import type { ChatMessage } from './chat-message.ts';
import type { Database } from './database.ts';

/** Replicas that start together take turns; the number is the project's own, chosen once. */
const SCHEMA_LOCK = 7_283_415;

const SCHEMA = `
SELECT pg_advisory_xact_lock(${SCHEMA_LOCK});
CREATE TABLE IF NOT EXISTS tidegate_messages (
  position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id         uuid NOT NULL UNIQUE,
  room       text NOT NULL,
  username   text NOT NULL,
  body       text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS tidegate_messages_room ON tidegate_messages (room, position);
`;

const INSERT = `
INSERT INTO tidegate_messages (id, room, username, body, created_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
ON CONFLICT (id) DO NOTHING`;

const RECENT = `
SELECT id, room, username, body, created_at FROM tidegate_messages
WHERE room = $1 ORDER BY position DESC LIMIT $2`;

const BEFORE = `
SELECT position, id, room, username, body, created_at FROM tidegate_messages
WHERE room = $1 AND ($2::bigint IS NULL OR position < $2::bigint) ORDER BY position DESC LIMIT $3`;

export async function prepareSchema(database: Database): Promise<void> {
  await database.exec(SCHEMA);
}

/** Writes messages in their order; those that are there already are left alone. */
export async function insertMessages(database: Database, messages: readonly ChatMessage[]): Promise<void> {
  await database.query(INSERT, [
    messages.map(({ id }) => id),
    messages.map(({ room }) => storable(room)),
    messages.map(({ user }) => storable(user)),
    messages.map(({ text }) => storable(text)),
    messages.map(({ at }) => at.toISOString()),
  ]);
}

/** The last messages of a room, oldest first. */
export async function recentMessages(
  database: Database,
  room: string,
  count: number,
): Promise<readonly ChatMessage[]> {
  const rows = await database.query(RECENT, [storable(room), count]);
  return rows.toReversed().map((row) => messageOf(room, row));
}

/** Messages of a room before a position, the newest first, each with its own. */
export async function messagesBefore(
  database: Database,
  room: string,
  before: string | undefined,
  count: number,
): Promise<readonly { readonly position: string; readonly message: ChatMessage }[]> {
  const rows = await database.query(BEFORE, [storable(room), before ?? null, count]);
  return rows.map((row) => ({ position: String(row.position), message: messageOf(room, row) }));
}

function messageOf(room: string, row: Record<string, unknown>): ChatMessage {
  return {
    id: String(row.id),
    room,
    user: String(row.username),
    text: String(row.body),
    at: new Date(row.created_at as string | Date),
  };
}

/** Postgres' text cannot hold NUL. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD');
}
