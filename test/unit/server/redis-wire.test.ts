import { describe, expect, it } from 'vitest';
import {
  decodeNotice,
  encodeNotice,
  redisName,
  roomOfChannel,
} from '../../../src/server/rooms/broker/redis-wire.ts';

const from = '11111111-1111-4111-8111-111111111111';
const id = '22222222-2222-4222-8222-222222222222';

describe('GIVEN notices between replicas', () => {
  it.each(['', 'text', 'a 🎈 and a\nline'])(
    'WHEN a message of %j is sent THEN it is read as it was',
    (text) => {
      const notice = { kind: 'message', from, message: { id, text } } as const;
      expect(decodeNotice(encodeNotice(notice))).toEqual(notice);
    },
  );

  it('WHEN a change of presence is sent THEN it is read as it was', () => {
    expect(decodeNotice(encodeNotice({ kind: 'presence', from }))).toEqual({ kind: 'presence', from });
  });

  it.each(['', 'm', `m${from}`, `x${from}${id}text`])('WHEN %j comes THEN it is not understood', (data) => {
    expect(decodeNotice(data)).toBeUndefined();
  });

  it('WHEN a room is named like a replica THEN their channels differ still', () => {
    const channel = redisName.room('tidegate:replica:1');
    expect([channel, roomOfChannel(channel)]).toEqual([
      'tidegate:room:tidegate:replica:1',
      'tidegate:replica:1',
    ]);
    expect(roomOfChannel('tidegate:replica:1')).toBeUndefined();
  });
});
