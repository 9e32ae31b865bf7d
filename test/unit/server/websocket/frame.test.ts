import { describe, expect, it } from 'vitest';
import { textFrame } from '../../../../src/server/websocket/frame.ts';
import { Receiver } from './ws-receiver.ts';

/** Reads frames as a client does. */
function read(bytes: Buffer): Promise<readonly string[]> {
  const texts: string[] = [];
  const receiver = new Receiver({ isServer: false, allowSynchronousEvents: true });
  receiver.on('message', (data: Buffer) => texts.push(data.toString()));
  return new Promise((resolve, reject) => {
    receiver.on('error', reject);
    receiver.end(bytes, () => resolve(texts));
  });
}

describe('GIVEN texts around the sizes at which the header grows', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])(
    'WHEN one of %i bytes is framed THEN a client reads it',
    async (size) => {
      const text = 'x'.repeat(size);
      expect(await read(textFrame(text))).toEqual([text]);
    },
  );

  it('WHEN several are joined THEN a client reads each', async () => {
    const texts = ['', 'ünïcödé 🎈', 'a\u0000b', 'last'];
    expect(await read(Buffer.concat(texts.map(textFrame)))).toEqual(texts);
  });

  it('WHEN a text holds half a character THEN it is framed as the replacement character', async () => {
    expect(await read(textFrame('a\uD83C'))).toEqual(['a\uFFFD']);
  });
});
