import { describe, expect, it } from 'vitest';
import { neededKeys } from '../../../src/operator/environment/credentials.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

describe('GIVEN an application and a sidecar with variables from Secrets', () => {
  it('WHEN it is asked what the environment reads THEN theirs come after its credentials', () => {
    const server = {
      secretEnv: { MAIL: { name: 'mail', key: 'url' } },
      sidecars: [
        { name: 'plain', image: 'plain:1' },
        { name: 'agent', image: 'agent:1', secretEnv: { KEY: { name: 'agent', key: 'key' } } },
      ],
    };
    expect(neededKeys(parse(environment({ server }))).slice(-2)).toEqual([
      { name: 'mail', key: 'url' },
      { name: 'agent', key: 'key' },
    ]);
  });
});

describe('GIVEN credentials that rotate', () => {
  it('WHEN it is asked what the environment reads THEN it is every key that pods do not start without', () => {
    const rotated = { generated: { rotate: {} } };
    const secrets = { redis: rotated, postgres: rotated, token: rotated, api: rotated };
    expect(neededKeys(parse(environment({ secrets })))).toEqual([
      { name: 'chat-redis', key: 'password' },
      { name: 'chat-redis', key: 'accepted' },
      { name: 'chat-postgres', key: 'password' },
      { name: 'chat-postgres', key: 'login' },
      { name: 'chat-postgres', key: 'accepted' },
      { name: 'chat-token', key: 'key' },
      { name: 'chat-token', key: 'accepted' },
      { name: 'chat-api', key: 'entries' },
    ]);
  });
});
