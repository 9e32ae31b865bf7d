import type { SpecRule } from './sections.ts';

/** Stores that exist already, and how they are told apart. */
export const storeRules: readonly SpecRule[] = [
  {
    code: 'TG1152',
    path: ['postgres', 'external', 'port'],
    test: ({ redis: { external: redis }, postgres: { external: postgres } }) =>
      redis === undefined ||
      postgres === undefined ||
      redis.host !== postgres.host ||
      redis.port !== postgres.port,
    cel: '!has(self.redis) || !has(self.redis.external) || !has(self.postgres) || !has(self.postgres.external) || !has(self.redis.external.host) || self.redis.external.host != self.postgres.external.host || self.redis.external.port != self.postgres.external.port',
    reason: 'Redis and Postgres are at one host and port, so that one gets the password of the other',
  },
  {
    code: 'TG1153',
    path: ['redis', 'external', 'host'],
    test: ({ host, redis }) => redis.external?.host !== host,
    cel: '!has(self.redis) || !has(self.redis.external) || !has(self.redis.external.host) || self.redis.external.host != self.host',
    reason: 'Redis would be looked for, with its password, where clients connect from outside',
  },
  {
    code: 'TG1153',
    path: ['postgres', 'external', 'host'],
    test: ({ host, postgres }) => postgres.external?.host !== host,
    cel: '!has(self.postgres) || !has(self.postgres.external) || self.postgres.external.host != self.host',
    reason: 'Postgres would be looked for, with its password, where clients connect from outside',
  },
];
