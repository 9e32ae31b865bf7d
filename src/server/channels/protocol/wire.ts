import type { Message as SocketMessage } from '../../transport/socket.ts';
import { binaryFrame, type Frame, textFrame } from '../../websocket/frame.ts';
import { readJson, writeJson } from './json.ts';
import { MalformedMessage } from './malformed.ts';
import { readProtobuf, writeProtobuf } from './protobuf.ts';
import { ByteReader, varint } from './protobuf-bytes.ts';
import { type Command, command, type Reply, reply } from './schema.ts';

/** One reply, encoded: a line of JSON, or a message of Protobuf after its length. */
export type Part = string | Buffer;

/** One of the two ways to write the protocol down. */
export interface Wire {
  readonly name: 'json' | 'protobuf';
  /** @throws MalformedMessage */
  decode(message: SocketMessage): readonly Command[];
  encode(reply: Reply): Part;
  /** One WebSocket message of several replies. */
  frame(parts: readonly Part[]): Frame;
}

/** Lines of JSON in text messages. */
export const JSON_WIRE: Wire = {
  name: 'json',
  decode(message) {
    if (typeof message !== 'string') throw new MalformedMessage();
    if (!message.includes('\n')) return [readJson(command, parsed(message))];
    return message
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => readJson(command, parsed(line)));
  },
  encode: (value) => writeJson(reply, value),
  frame: (parts) => textFrame(parts.join('\n')),
};

/** What clients offer as subprotocol that speak Protobuf. */
export const PROTOBUF_SUBPROTOCOL = 'centrifuge-protobuf';

/** Messages of Protobuf, each after its length, in binary messages. */
export const PROTOBUF_WIRE: Wire = {
  name: 'protobuf',
  decode(message) {
    if (typeof message === 'string') throw new MalformedMessage();
    const reader = new ByteReader(message);
    const commands: Command[] = [];
    while (!reader.atEnd) commands.push(readProtobuf(command, reader.chunk()));
    return commands;
  },
  encode(value) {
    const bytes = writeProtobuf(reply, value);
    return Buffer.concat([varint(bytes.length), bytes]);
  },
  frame: (parts) => binaryFrame(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts as Buffer[])),
};

export const WIRES: readonly Wire[] = [JSON_WIRE, PROTOBUF_WIRE];

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new MalformedMessage();
  }
}
