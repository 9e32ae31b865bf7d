import { describe, expect, it } from 'vitest';
import { originAllowed } from '../../../src/server/auth/origin.ts';
import { RoutePattern } from '../../../src/server/transport/route-pattern.ts';

describe('GIVEN the pattern /chat/:room', () => {
  const pattern = new RoutePattern('/chat/:room');
  it.each([
    ['/chat/lobby', { room: 'lobby' }],
    ['/chat/a%2Fb%20c', { room: 'a/b c' }],
    ['/chat/__proto__', { room: '__proto__' }],
    ['/chat/', undefined],
    ['/chat', undefined],
    ['/chat/lobby/', undefined],
    ['/chat/lobby/x', undefined],
    ['/chat/%zz', undefined],
    ['/other/lobby', undefined],
    ['', undefined],
  ])('WHEN the path is %s THEN the parameters are %o', (path, params) => {
    expect(pattern.match(path)).toEqual(params);
  });
});

describe('GIVEN allowed origins', () => {
  it.each([
    [undefined, ['https://a.example.com'], true],
    ['https://a.example.com', ['https://a.example.com'], true],
    ['https://a.example.com.evil.example', ['https://a.example.com'], false],
    ['http://a.example.com', ['https://a.example.com'], false],
    ['null', ['https://a.example.com'], false],
    ['https://b.example.com', [], false],
    ['https://b.example.com', ['*'], true],
  ])('WHEN %s connects and %o are allowed THEN the answer is %s', (origin, allowed, answer) => {
    expect(originAllowed(origin, allowed)).toBe(answer);
  });
});
