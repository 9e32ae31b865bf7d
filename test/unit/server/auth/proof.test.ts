import { describe, expect, it } from 'vitest';
import { HttpError } from '../../../../src/server/app/http-error.ts';
import { type ProofSource, proofsOf, subprotocolsOf } from '../../../../src/server/auth/proof.ts';

const ORIGIN = 'https://chat.example.com';
const RULES = { cookie: 'session', origins: [ORIGIN] };

function values(headers: ProofSource['headers'], query = '', rules: Parameters<typeof proofsOf>[1] = RULES) {
  const proofs = proofsOf({ headers, query: new URLSearchParams(query) }, rules);
  return proofs.map(({ kind, value }) => `${kind} ${value}`);
}

function refusal(headers: ProofSource['headers'], query = ''): [number, string] {
  try {
    values(headers, query);
  } catch (error) {
    if (error instanceof HttpError) return [error.status, error.message];
    throw error;
  }
  throw new Error('The request was to be refused');
}

describe('GIVEN a request', () => {
  it('WHEN it carries nothing THEN there is no proof', () => {
    expect(values({})).toEqual([]);
    expect(
      values({ authorization: 'Basic dXNlcjpwYXNz', cookie: 'other=1', 'sec-websocket-protocol': 'chat' }),
    ).toEqual([]);
  });

  it.each([
    ['the query', {}, 'token=abc'],
    ['the Authorization header', { authorization: 'Bearer abc' }, ''],
    ['the header in other letters', { authorization: 'bearer  abc ' }, ''],
    ['a subprotocol', { 'sec-websocket-protocol': 'chat, bearer.abc' }, ''],
    ['a cookie', { cookie: 'a=b; session=abc', origin: ORIGIN }, ''],
    ['a cookie, and is from no page', { cookie: 'session=abc' }, ''],
  ] as const)('WHEN its token is in %s THEN it is found', (_, headers, query) => {
    expect(values(headers, query)).toEqual(['token abc']);
  });

  it('WHEN one token is in several places THEN it is one proof, and different ones are several', () => {
    const headers = { authorization: 'Bearer abc', 'x-api-key': 'key' };
    expect(values(headers, 'token=abc')).toEqual(['token abc', 'API key key']);
    expect(values(headers, 'token=other')).toEqual(['token other', 'token abc', 'API key key']);
  });

  it('WHEN a key is in either header THEN it is found, and two different ones are 400', () => {
    expect(values({ authorization: 'apikey  key ' })).toEqual(['API key key']);
    expect(values({ authorization: 'ApiKey key', 'x-api-key': 'key' })).toEqual(['API key key']);
    expect(() => values({ authorization: 'ApiKey key', 'x-api-key': 'other' })).toThrow(
      'The headers hold more than one API key',
    );
  });

  it('WHEN a key is in the query THEN it is not looked at', () => {
    expect(values({}, 'api_key=key')).toEqual([]);
  });

  it('WHEN a page of another origin connects THEN the cookie is not looked at', () => {
    for (const origin of ['https://evil.example.org', 'null']) {
      expect(values({ cookie: 'session=abc', origin })).toEqual([]);
    }
  });

  it('WHEN no cookie is named by the settings, or it is empty, THEN there is no proof', () => {
    expect(values({ cookie: 'session=abc' }, '', { origins: [ORIGIN] })).toEqual([]);
    expect(values({ cookie: 'session=' })).toEqual([]);
  });

  it('WHEN one place holds two tokens, or none where one must be, THEN it is refused', () => {
    expect([
      refusal({}, 'token=a&token=b'),
      refusal({}, 'token=a&token=a'),
      refusal({ 'sec-websocket-protocol': 'chat, bearer.a, bearer.b' }),
      refusal({ 'sec-websocket-protocol': 'bearer.a' }),
      refusal({ authorization: 'Bearer' }),
      refusal({ authorization: 'Bearer ' }),
      refusal({ authorization: 'Bearer a b' }),
    ]).toEqual([
      [400, 'The query holds more than one token'],
      [400, 'The query holds more than one token'],
      [400, 'More than one token is offered as a subprotocol'],
      [400, 'Offer a subprotocol beside the token'],
      [401, 'The Authorization header holds no token'],
      [401, 'The Authorization header holds no token'],
      [401, 'The Authorization header holds no token'],
    ]);
  });

  it('WHEN subprotocols are looked at THEN a token is none of them', () => {
    expect(subprotocolsOf({ 'sec-websocket-protocol': 'bearer.a.b.c,chat , data' })).toEqual({
      offered: ['chat', 'data'],
      withToken: true,
    });
    expect(subprotocolsOf({ 'sec-websocket-protocol': 'chat' })).toEqual({
      offered: ['chat'],
      withToken: false,
    });
    expect(subprotocolsOf({})).toEqual({ offered: [], withToken: false });
  });
});
