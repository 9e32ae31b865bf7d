/**
 * The messages of the Centrifugo client protocol, version 2, as far as the server speaks it. Names, numbers and kinds are
 * those of its public schema; both codecs and all types follow from the tables below.
 */

/** A value of the application: JSON text in the JSON protocol, any bytes in the Protobuf one. Never looked into. */
export type Payload = Buffer;

type Scalar = 'string' | 'bool' | 'uint' | 'int' | 'payload';

export type Field =
  | { readonly kind: Scalar; readonly number: number }
  | { readonly kind: 'message' | 'list' | 'map'; readonly number: number; readonly of: Shape }
  | { readonly kind: 'texts'; readonly number: number };

/** Fields of a message by name. */
export interface Shape {
  readonly [name: string]: Field;
}

type Value<F extends Field> = F extends { kind: 'message'; of: infer S extends Shape }
  ? Message<S>
  : F extends { kind: 'list'; of: infer S extends Shape }
    ? readonly Message<S>[]
    : F extends { kind: 'map'; of: infer S extends Shape }
      ? Readonly<Record<string, Message<S>>>
      : F extends { kind: 'texts' }
        ? Readonly<Record<string, string>>
        : F extends { kind: 'string' }
          ? string
          : F extends { kind: 'bool' }
            ? boolean
            : F extends { kind: 'payload' }
              ? Payload
              : number;

/** A message as an object. What is absent has its kind's zero value, as in proto3. */
export type Message<S extends Shape> = { readonly [Name in keyof S]?: Value<S[Name]> | undefined };

const string = (number: number) => ({ kind: 'string', number }) as const;
const bool = (number: number) => ({ kind: 'bool', number }) as const;
/** Up to 2⁵³ − 1, which an offset does not reach in a lifetime. */
const uint = (number: number) => ({ kind: 'uint', number }) as const;
const int = (number: number) => ({ kind: 'int', number }) as const;
const payload = (number: number) => ({ kind: 'payload', number }) as const;
const texts = (number: number) => ({ kind: 'texts', number }) as const;
const message = <S extends Shape>(number: number, of: S) => ({ kind: 'message', number, of }) as const;
const list = <S extends Shape>(number: number, of: S) => ({ kind: 'list', number, of }) as const;
const map = <S extends Shape>(number: number, of: S) => ({ kind: 'map', number, of }) as const;

export const clientInfo = {
  user: string(1),
  client: string(2),
  conn_info: payload(3),
  chan_info: payload(4),
};
export type ClientInfo = Message<typeof clientInfo>;

export const publication = {
  data: payload(4),
  info: message(5, clientInfo),
  offset: uint(6),
  tags: texts(7),
};

/** A publication as the server keeps it. Clients do not see the last field. */
export const keptPublication = {
  ...publication,
  /** Its data is no JSON: it came from a Protobuf client, and is for such only. */
  binary: bool(15),
};
export type Publication = Message<typeof keptPublication>;

const streamPosition = { offset: uint(1), epoch: string(2) };

const subscribeRequest = {
  channel: string(1),
  token: string(2),
  recover: bool(3),
  epoch: string(6),
  offset: uint(7),
  data: payload(8),
  positioned: bool(9),
  recoverable: bool(10),
  join_leave: bool(11),
  /** A filter on tags, which is not offered: it is only told apart from none. */
  tf: message(13, {}),
  /** 0 is an ordinary subscription; others are not offered. */
  type: int(15),
};
export type SubscribeRequest = Message<typeof subscribeRequest>;

const subscribeResult = {
  expires: bool(1),
  ttl: uint(2),
  recoverable: bool(3),
  epoch: string(6),
  publications: list(7, publication),
  recovered: bool(8),
  offset: uint(9),
  positioned: bool(10),
  data: payload(11),
  was_recovering: bool(12),
};
export type SubscribeResult = Message<typeof subscribeResult>;

const connectRequest = {
  token: string(1),
  data: payload(2),
  subs: map(3, subscribeRequest),
  name: string(4),
  version: string(5),
};
export type ConnectRequest = Message<typeof connectRequest>;

const connectResult = {
  client: string(1),
  version: string(2),
  expires: bool(3),
  ttl: uint(4),
  data: payload(5),
  subs: map(6, subscribeResult),
  ping: uint(7),
  pong: bool(8),
};

const refreshResult = { client: string(1), version: string(2), expires: bool(3), ttl: uint(4) };
const channelRequest = { channel: string(1) };
const tokenRequest = { channel: string(1), token: string(2) };
const historyRequest = {
  channel: string(1),
  limit: int(7),
  since: message(8, streamPosition),
  reverse: bool(9),
};
export type HistoryRequest = Message<typeof historyRequest>;

export const command = {
  id: uint(1),
  connect: message(4, connectRequest),
  subscribe: message(5, subscribeRequest),
  unsubscribe: message(6, channelRequest),
  publish: message(7, { channel: string(1), data: payload(2), type: int(3) }),
  presence: message(8, channelRequest),
  presence_stats: message(9, channelRequest),
  history: message(10, historyRequest),
  ping: message(11, {}),
  send: message(12, { data: payload(1) }),
  rpc: message(13, { data: payload(1), method: string(2) }),
  refresh: message(14, { token: string(1) }),
  sub_refresh: message(15, tokenRequest),
};
/** What a client sends: an id, and one of the requests. One without either is the answer to a ping. */
export type Command = Message<typeof command>;

const push = {
  channel: string(2),
  pub: message(4, publication),
  join: message(5, { info: message(1, clientInfo) }),
  leave: message(6, { info: message(1, clientInfo) }),
  unsubscribe: message(7, { code: uint(2), reason: string(3) }),
  message: message(8, { data: payload(1) }),
  subscribe: message(9, {
    recoverable: bool(1),
    epoch: string(4),
    offset: uint(5),
    positioned: bool(6),
    data: payload(7),
  }),
  refresh: message(12, { expires: bool(1), ttl: uint(2) }),
};
export type Push = Message<typeof push>;

export const reply = {
  id: uint(1),
  error: message(2, { code: uint(1), message: string(2), temporary: bool(3) }),
  push: message(4, push),
  connect: message(5, connectResult),
  subscribe: message(6, subscribeResult),
  unsubscribe: message(7, {}),
  publish: message(8, {}),
  presence: message(9, { presence: map(1, clientInfo) }),
  presence_stats: message(10, { num_clients: uint(1), num_users: uint(2) }),
  history: message(11, { publications: list(1, publication), epoch: string(2), offset: uint(3) }),
  ping: message(12, {}),
  rpc: message(13, { data: payload(1) }),
  refresh: message(14, refreshResult),
  sub_refresh: message(15, { expires: bool(1), ttl: uint(2) }),
};
/** What the server sends: the answer to a command by its id, a push, or, when empty, a ping. */
export type Reply = Message<typeof reply>;
