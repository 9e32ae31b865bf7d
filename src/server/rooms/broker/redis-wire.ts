import type { RoomMessage } from '../local-room.ts';

/**
 * What replicas tell each other over a room's channel: one letter for the kind, the sender's id, and for a message its
 * id and its text. Ids are UUIDs, so everything before the text has a fixed width and costs nothing to parse.
 */
export type Notice =
  | { readonly kind: 'message'; readonly from: string; readonly message: RoomMessage }
  | { readonly kind: 'presence'; readonly from: string };

const UUID = 36;

export function encodeNotice(notice: Notice): string {
  if (notice.kind === 'presence') return `p${notice.from}`;
  return `m${notice.from}${notice.message.id}${notice.message.text}`;
}

/** Undefined for what this version does not understand. */
export function decodeNotice(data: string): Notice | undefined {
  const from = data.slice(1, 1 + UUID);
  if (from.length < UUID) return undefined;
  if (data[0] === 'p') return { kind: 'presence', from };
  if (data[0] !== 'm' || data.length < 1 + 2 * UUID) return undefined;
  return {
    kind: 'message',
    from,
    message: { id: data.slice(1 + UUID, 1 + 2 * UUID), text: data.slice(1 + 2 * UUID) },
  };
}

const PREFIX = 'tidegate:';
/** Begins the channels of rooms. */
export const ROOM_PREFIX = `${PREFIX}room:`;

/** Names in Redis. */
export const redisName = {
  /** Channel of a room. */
  room: (room: string) => ROOM_PREFIX + room,
  /** Hash of a room: replica → JSON list of the users present there. */
  users: (room: string) => `${PREFIX}users:${room}`,
};

/** The room of a channel, or undefined when it is not one of a room. */
export function roomOfChannel(channel: string): string | undefined {
  return channel.startsWith(ROOM_PREFIX) ? channel.slice(ROOM_PREFIX.length) : undefined;
}
