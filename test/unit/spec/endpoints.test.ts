import { describe, expect, it } from 'vitest';
import { endpoints, parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

describe('GIVEN the routes of an environment', () => {
  it.each([
    [{ ingress: { className: 'nginx' } }, ['ws://chat.example.com']],
    [{ ingress: { className: 'nginx', tls: { secretName: 'tls' } } }, ['wss://chat.example.com']],
    [{ gateway: { name: 'public' } }, ['wss://chat.example.com']],
    [
      { ingress: { className: 'nginx' }, gateway: { name: 'public' } },
      ['wss://chat.example.com', 'ws://chat.example.com'],
    ],
  ])('WHEN they are %j THEN clients connect to %j', (route, urls) => {
    expect(endpoints(parse(environment({ route })).spec).map(({ url }) => url)).toEqual(urls);
  });
});
