import { describe, expect, it } from 'vitest';
import { DisconnectClient, ERROR } from '../../../../src/server/channels/protocol/codes.ts';
import { Tokens } from '../../../../src/server/channels/tokens.ts';

const tokens = new Tokens({ claims: async (token) => JSON.parse(token) }, 'uid');
const connection = (claims: object) => tokens.connection(JSON.stringify(claims));
const subscription = (claims: object) => tokens.subscription(JSON.stringify(claims));
const soon = Math.floor(Date.now() / 1_000) + 60;

describe('GIVEN connection tokens', () => {
  it('WHEN it has every claim THEN each is read, and the user is in the claim that the settings name', async () => {
    const { subscriptions, info, ...rest } = await connection({
      uid: 'ada',
      sub: 'someone else',
      exp: soon + 0.9,
      info: { a: 1 },
      channels: ['one', 'two'],
      subs: { two: { info: 2, data: null }, three: {} },
    });
    expect(rest).toEqual({ user: 'ada', expiresAt: soon });
    expect(String(info)).toBe('{"a":1}');
    expect(
      [...subscriptions].map(([name, { info, data }]) => [name, info && `${info}`, data && `${data}`]),
    ).toEqual([
      ['one', undefined, undefined],
      ['two', '2', 'null'],
      ['three', undefined, undefined],
    ]);
  });

  it('WHEN expire_at is given THEN it counts in place of exp, and 0 is never', async () => {
    expect((await connection({ exp: soon, expire_at: soon + 5 })).expiresAt).toBe(soon + 5);
    expect((await connection({ exp: soon, expire_at: 0 })).expiresAt).toBeUndefined();
    expect((await connection({})).user).toBe('');
  });

  it('WHEN it ended a moment ago, which the verifier puts up with, THEN another is asked for', async () => {
    await expect(connection({ exp: soon - 61 })).rejects.toBe(ERROR.tokenExpired);
    await expect(connection({ exp: soon, expire_at: soon - 61 })).rejects.toBe(ERROR.tokenExpired);
  });

  it.each([{ uid: 1 }, { channels: 'one' }, { subs: [] }, { expire_at: 'soon' }])(
    'WHEN it says %o THEN it is not good',
    async (claims) => {
      await expect(connection(claims)).rejects.toBeInstanceOf(DisconnectClient);
    },
  );
});

describe('GIVEN subscription tokens', () => {
  it('WHEN it names its channel THEN it is read, otherwise it is not good', async () => {
    expect(await subscription({ uid: 'ada', channel: 'c', exp: soon })).toEqual({
      user: 'ada',
      channel: 'c',
      info: undefined,
      expiresAt: soon,
    });
    await expect(subscription({ uid: 'ada' })).rejects.toBe(ERROR.permissionDenied);
  });
});
