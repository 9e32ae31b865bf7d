import type { Sections, SpecRule } from './sections.ts';

/** Credentials: who makes them, what they open, and where they could be read. */

const ROLES = ['redis', 'postgres', 'token', 'api'] as const satisfies readonly (keyof Sections['secrets'])[];

/** Each role with each of those after it. */
const PAIRS = ROLES.flatMap((one, index) => ROLES.slice(index + 1).map((other) => [one, other] as const));

const existingIn = (role: string) => `(has(self.secrets.${role}) && has(self.secrets.${role}.existing))`;

/** Directories that hold credentials, devices or the state of the kernel, and ways into them. */
const PRIVATE_DIRECTORY =
  /^[/.]*$|^[/](etc|proc|sys|dev|run|root|var[/]run)([/]|$)|(^|[/])[.][.]([/]|$)|[/][.]?[/]/;

export const credentialRules: readonly SpecRule[] = [
  {
    code: 'TG1144',
    path: ['server', 'settings', 'auth', 'audience'],
    test: ({ server: { settings } }) =>
      settings.auth.jwksUrl === undefined || settings.auth.audience !== undefined,
    cel: '!has(self.server.settings.auth.jwksUrl) || has(self.server.settings.auth.audience)',
    reason: 'An issuer signs tokens for many applications, and those of all others would be taken here',
  },
  {
    code: 'TG1145',
    path: ['secrets'],
    test: ({ secrets }) =>
      PAIRS.every(([one, other]) => {
        const [a, b] = [secrets[one].existing, secrets[other].existing];
        return a === undefined || b === undefined || a.name !== b.name || a.key !== b.key;
      }),
    cel: PAIRS.map(
      ([a, b]) =>
        `!(${existingIn(a)} && ${existingIn(b)} && self.secrets.${a}.existing.name == self.secrets.${b}.existing.name && self.secrets.${a}.existing.key == self.secrets.${b}.existing.key)`,
    ).join(' && '),
    reason: 'Two credentials are one and the same key of a Secret, so that who learns one has the other',
  },
  {
    code: 'TG1146',
    path: ['server', 'settings', 'app', 'environment'],
    test: ({ server: { settings }, secrets }) =>
      settings.app.environment === 'production' || secrets.token.generated !== undefined,
    cel: "self.server.settings.app.environment == 'production' || !has(self.secrets.token) || has(self.secrets.token.generated)",
    reason:
      'In development a weak key is taken, and who knows that of secrets.token makes tokens of any user',
  },
  {
    code: 'TG1147',
    path: ['server', 'settings', 'http', 'static', 'directory'],
    test: ({ server: { settings } }) => !PRIVATE_DIRECTORY.test(settings.http.static.directory ?? 'public'),
    cel: `!has(self.server.settings.http.static.directory) || !self.server.settings.http.static.directory.matches('${PRIVATE_DIRECTORY.source}')`,
    reason: 'Anybody could fetch the credentials and settings of the server, which are files there',
  },
  {
    code: 'TG1492',
    path: ['secrets', 'redis', 'generated', 'rotate'],
    test: ({ secrets, redis }) =>
      secrets.redis.generated?.rotate === undefined || redis.standalone !== undefined,
    cel: '!has(self.secrets.redis) || !has(self.secrets.redis.generated) || !has(self.secrets.redis.generated.rotate) || !has(self.redis) || has(self.redis.standalone)',
    reason: 'Only redis.standalone is told of a new password before it is used',
  },
];
