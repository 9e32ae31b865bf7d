import { readProtobuf } from '../protocol/protobuf.ts';
import { type ClientInfo, clientInfo, keptPublication, type Publication } from '../protocol/schema.ts';

/**
 * What replicas hear over a channel's pub/sub channel: a letter for the kind, and a message of Protobuf. Before a
 * publication stand its offset and epoch, each with a colon after it; after an offset that leaps, `<` and that before it.
 */
export type Notice =
  | {
      readonly kind: 'publication';
      readonly publication: Publication;
      readonly epoch: string;
      readonly after: number;
    }
  | { readonly kind: 'join' | 'leave'; readonly info: ClientInfo };

const COLON = 0x3a;

/** Undefined for what this version does not understand. */
export function decodeNotice(data: Buffer): Notice | undefined {
  const kind = String.fromCharCode(data[0] ?? 0);
  if (kind === 'j') return { kind: 'join', info: readProtobuf(clientInfo, data.subarray(1)) };
  if (kind === 'l') return { kind: 'leave', info: readProtobuf(clientInfo, data.subarray(1)) };
  if (kind !== 'p') return undefined;
  const first = data.indexOf(COLON);
  const second = data.indexOf(COLON, first + 1);
  if (first < 0 || second < 0) return undefined;
  const [offset = 0, after = offset - 1] = data.toString('latin1', 1, first).split('<').map(Number);
  const epoch = data.toString('latin1', first + 1, second);
  return { kind: 'publication', publication: placed(data.subarray(second + 1), offset), epoch, after };
}

/** A publication as it is stored, at its offset; 0 is none. */
export function placed(bytes: Buffer, offset: number): Publication {
  const stored = readProtobuf(keptPublication, bytes);
  return offset === 0 ? stored : { ...stored, offset };
}

/** Begins the names of all that has to do with channels. */
export const PREFIX = 'tidegate:{channel:';
/** Over which all replicas are called. No channel is called so, as its name is not empty. */
export const CALLS = `${PREFIX}}calls`;
/** Hash: replica → its report. */
export const REPORTS = `${PREFIX}}replicas`;

/**
 * Names in Redis of what belongs to a channel. The braces keep them in one hash slot of a Cluster, also when the channel's
 * name begins with one.
 */
export const redisName = {
  notices: (channel: string) => `${PREFIX}${channel}}`,
  meta: (channel: string) => `${PREFIX}${channel}}:meta`,
  stream: (channel: string) => `${PREFIX}${channel}}:stream`,
  /** Hash: client → the replica it is connected to, and its info. */
  presence: (channel: string) => `${PREFIX}${channel}}:presence`,
  once: (channel: string, key: string) => `${PREFIX}${channel}}:once:${key}`,
};

/** The channel whose notices come over this pub/sub channel. */
export function channelOf(name: string): string {
  return name.slice(PREFIX.length, -1);
}
