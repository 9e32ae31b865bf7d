import { Centrifuge } from 'centrifuge/build/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson, writeJson } from '../../../../src/server/channels/protocol/json.ts';
import { MalformedMessage } from '../../../../src/server/channels/protocol/malformed.ts';
import { readProtobuf, writeProtobuf } from '../../../../src/server/channels/protocol/protobuf.ts';
import { ByteReader, varint } from '../../../../src/server/channels/protocol/protobuf-bytes.ts';
import { command, type Reply, reply } from '../../../../src/server/channels/protocol/schema.ts';
import { JSON_WIRE, PROTOBUF_WIRE } from '../../../../src/server/channels/protocol/wire.ts';
import { arbitraryMessage } from './arbitrary-message.ts';

/** The codec of the Protobuf client that everyone uses. */
interface PeerCodec {
  encodeCommands(commands: readonly unknown[]): Uint8Array;
  decodeCommands(bytes: Uint8Array): unknown[];
  encodeReplies(replies: readonly unknown[]): Uint8Array;
  decodeReplies(bytes: Uint8Array): unknown[];
}
const peer = (new Centrifuge('ws://127.0.0.1') as unknown as { _codec: PeerCodec })._codec;

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const body = (frame: Buffer) => frame.subarray(frame[1] === 126 ? 4 : 2);

describe('GIVEN commands of the JSON protocol', () => {
  it('WHEN several come in one message THEN each line is one, and payloads stay as they are', () => {
    const text = '{"id":1,"connect":{"data":{"a":[1,2]}}}\n{"id":2,"rpc":{"method":"m","data":null}}\n{}\n';
    expect(JSON_WIRE.decode(text)).toEqual([
      { id: 1, connect: { data: json({ a: [1, 2] }) } },
      { id: 2, rpc: { method: 'm' } },
      {},
    ]);
  });

  it('WHEN members are unknown THEN they are passed over', () => {
    expect(JSON_WIRE.decode('{"id":1,"subscribe":{"channel":"c","flag":1},"later":{}}')).toEqual([
      { id: 1, subscribe: { channel: 'c' } },
    ]);
  });

  it.each([
    '{',
    '[]',
    '1',
    'null',
    '{"id":"1"}',
    '{"id":-1}',
    '{"id":1.5}',
    '{"subscribe":[]}',
    '{"history":{"since":3}}',
  ])('WHEN it is %s THEN it is refused as malformed', (text) => {
    expect(() => JSON_WIRE.decode(text)).toThrow(MalformedMessage);
  });

  it('WHEN bytes come THEN they are refused as malformed', () => {
    expect(() => JSON_WIRE.decode(Buffer.from('{}'))).toThrow(MalformedMessage);
  });
});

describe('GIVEN replies of the JSON protocol', () => {
  it('WHEN they are framed together THEN each is a line of one text message', () => {
    const replies: Reply[] = [
      {},
      { id: 7, error: { code: 103, message: 'permission denied' } },
      { push: { channel: 'c', pub: { data: json({ a: 'ü' }), offset: 3 } } },
    ];
    const frame = JSON_WIRE.frame(replies.map(JSON_WIRE.encode));
    expect(frame.subarray(0, 1)).toEqual(Buffer.from([0x81]));
    expect(body(frame).toString().split('\n')).toEqual([
      '{}',
      '{"id":7,"error":{"code":103,"message":"permission denied"}}',
      '{"push":{"channel":"c","pub":{"data":{"a":"ü"},"offset":3}}}',
    ]);
  });

  it('WHEN a message is written and read THEN it is the same', () => {
    fc.assert(
      fc.property(arbitraryMessage(reply), (message) => {
        expect(readJson(reply, JSON.parse(writeJson(reply, message)))).toEqual(message);
      }),
    );
  });
});

describe('GIVEN the Protobuf codec and that of the client library', () => {
  it('WHEN the client writes commands THEN the server reads the same', () => {
    fc.assert(
      fc.property(fc.array(arbitraryMessage(command), { maxLength: 3 }), (commands) => {
        expect(PROTOBUF_WIRE.decode(Buffer.from(peer.encodeCommands(commands)))).toEqual(commands);
      }),
    );
  });

  it('WHEN the server writes replies THEN the client reads the same', () => {
    fc.assert(
      fc.property(fc.array(arbitraryMessage(reply), { minLength: 1, maxLength: 3 }), (replies) => {
        const bytes = Buffer.concat(replies.map(PROTOBUF_WIRE.encode) as Buffer[]);
        const reader = new ByteReader(Buffer.from(peer.encodeReplies(peer.decodeReplies(bytes))));
        const back: unknown[] = [];
        while (!reader.atEnd) back.push(readProtobuf(reply, reader.chunk()));
        expect(back).toEqual(replies);
      }),
    );
  });

  it('WHEN nothing is in a reply THEN it is one zero byte, the ping', () => {
    expect(body(PROTOBUF_WIRE.frame([PROTOBUF_WIRE.encode({})]))).toEqual(Buffer.from([0]));
    expect(PROTOBUF_WIRE.decode(Buffer.from([0]))).toEqual([{}]);
  });

  it('WHEN bytes are anything at all THEN they are read or refused as malformed, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          PROTOBUF_WIRE.decode(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      }),
    );
  });

  it('WHEN keys of a map are names of objects THEN they are keys like others', () => {
    const message = readJson(reply, JSON.parse('{"presence":{"presence":{"__proto__":{"user":"u"}}}}'));
    const back = readProtobuf(reply, writeProtobuf(reply, message));
    expect(Object.entries(back.presence?.presence ?? {})).toEqual([['__proto__', { user: 'u' }]]);
  });

  it('WHEN fields are unknown THEN they are passed over', () => {
    const known = writeProtobuf(command, { id: 5 });
    const unknown = Buffer.from([0x80, 0x08, 1, 0x82, 0x08, 1, 65, 0x85, 0x08, 1, 2, 3, 4]);
    expect(readProtobuf(command, Buffer.concat([unknown, known]))).toEqual({ id: 5 });
  });

  it('WHEN numbers are at their bounds THEN they come back', () => {
    for (const number of [0, 1, 127, 128, 16_383, 16_384, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      expect(new ByteReader(varint(number)).unsigned()).toBe(number);
    }
    for (const number of [-1, -(2 ** 31), 2 ** 31])
      expect(new ByteReader(varint(number)).signed()).toBe(number);
  });
});
