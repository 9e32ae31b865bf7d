import { describe, expect, it } from 'vitest';
import { originAllowed } from '../../../../src/server/auth/origin.ts';

const CHAT = ['https://chat.example.com'];
const LOCAL = ['http://localhost:3000'];
const SUBDOMAINS = ['https://*.example.com'];
const PORT = ['https://*.example.com:8443'];

const cases: readonly [origin: string | undefined, allowed: readonly string[], answer: boolean][] = [
  [undefined, CHAT, true],
  [undefined, [], true],
  ['https://anything.example.org', ['*'], true],
  ['null', ['*'], true],
  ['null', CHAT, false],
  ['null', [], false],
  ['', CHAT, false],
  ['https://chat.example.com', CHAT, true],
  ['https://CHAT.Example.COM', CHAT, true],
  ['HTTPS://chat.example.com', CHAT, true],
  ['https://chat.example.com', ['https://CHAT.example.com'], true],
  ['https://chat.example.com:443', CHAT, true],
  ['https://chat.example.com', ['https://chat.example.com:443'], true],
  ['http://chat.example.com:80', ['http://chat.example.com'], true],
  ['https://chat.example.com:8443', CHAT, false],
  ['https://chat.example.com:80', CHAT, false],
  ['http://chat.example.com', CHAT, false],
  ['http://localhost:3000', LOCAL, true],
  ['http://localhost', LOCAL, false],
  ['https://chat.example.com.evil.org', CHAT, false],
  ['https://evil-chat.example.com', CHAT, false],
  ['https://chat.example.com@evil.org', CHAT, false],
  ['https://chat.example.com/', CHAT, false],
  ['https://chat.example.com/path', CHAT, false],
  ['https://chat.example.com#x', CHAT, false],
  ['https://chat.example.com, https://chat.example.com', CHAT, false],
  ['chat.example.com', CHAT, false],
  ['wss://chat.example.com', CHAT, false],
  ['file://', CHAT, false],
  ['https://a.example.com', SUBDOMAINS, true],
  ['https://A.Example.com:443', SUBDOMAINS, true],
  ['https://a.b.example.com', SUBDOMAINS, true],
  ['https://example.com', SUBDOMAINS, false],
  ['https://.example.com', SUBDOMAINS, false],
  ['http://a.example.com', SUBDOMAINS, false],
  ['https://a.example.com:8443', SUBDOMAINS, false],
  ['https://a.example.com:8443', PORT, true],
  ['https://a.example.com', PORT, false],
  ['https://badexample.com', SUBDOMAINS, false],
  ['https://a.example.com.evil.org', SUBDOMAINS, false],
  ['https://evil.org?.example.com', SUBDOMAINS, false],
  ['https://a.example.com', [...CHAT, ...SUBDOMAINS], true],
  ['https://chat.example.com', [], false],
];

describe('GIVEN an origin and those that are allowed', () => {
  it.each(cases)('WHEN %s asks, and %j are allowed, THEN the answer is %s', (origin, allowed, answer) => {
    expect(originAllowed(origin, allowed)).toBe(answer);
  });
});
