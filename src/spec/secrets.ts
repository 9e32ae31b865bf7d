import { z } from 'zod';
import { duration, durationMs, minutesCel } from './duration.ts';
import { dataKey, dnsLabel, dnsName, secretKey } from './field.ts';
import { choice, withRules } from './rule.ts';

/**
 * Minutes after which every pod has read a Secret that has changed: a kubelet looks at a pod every 90 seconds at the latest,
 * and in the largest clusters keeps a Secret for up to 300 before it reads it again; the rest is a margin.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod
 */
const PROPAGATION_MINUTES = 10;
export const PROPAGATION_MS = PROPAGATION_MINUTES * 60_000;

export const DEFAULT_OVERLAP = '24h';

const rotation = withRules(
  z.strictObject({
    every: duration
      .optional()
      .describe(
        'Time from the beginning of one rotation to that of the next, such as 30d; only when it is asked for by default',
      ),
    overlap: duration
      .default(DEFAULT_OVERLAP)
      .describe('Time for which the credential before it is still accepted once the new one is in use'),
  }),
  [
    {
      code: 'TG1490',
      path: ['overlap'],
      test: ({ overlap }) => durationMs(overlap) >= PROPAGATION_MS,
      cel: `${minutesCel('self.overlap')} >= ${PROPAGATION_MINUTES}`,
      reason: `It takes up to ${PROPAGATION_MINUTES} minutes until every pod has read a Secret`,
    },
    {
      code: 'TG1491',
      path: ['every'],
      test: ({ every, overlap }) => every === undefined || durationMs(every) > durationMs(overlap),
      cel: `!has(self.every) || ${minutesCel('self.every')} > ${minutesCel('self.overlap')}`,
      reason: 'The next rotation would begin before the overlap of the one before it is over',
    },
  ],
);
export type Rotation = z.output<typeof rotation>;

const generated = z.strictObject({
  length: z
    .int()
    .min(32)
    .max(256)
    .optional()
    .describe('Characters; 43 by default, which of base64url hold 256 random bits'),
  charset: z
    .enum(['base64url', 'alphanumeric', 'hex'])
    .optional()
    .describe('Characters it is made of, none of which needs quoting; base64url by default'),
  rotate: rotation.optional().describe('How the operator puts a new one in its place; never by default'),
});
export type Generated = z.output<typeof generated>;

const copy = z.strictObject({
  from: z
    .strictObject({
      namespace: dnsLabel.describe('Namespace of the Secret'),
      name: dnsName.describe('Name of the Secret'),
      key: dataKey.describe('Key in the Secret'),
    })
    .describe('The Secret that is copied'),
});

const externalSecret = z.strictObject({
  store: z
    .strictObject({
      name: dnsName.describe('Name of the store'),
      kind: z
        .enum(['SecretStore', 'ClusterSecretStore'])
        .default('SecretStore')
        .describe('Kind of the store'),
    })
    .describe('The store of External Secrets that it is fetched through'),
  key: z.string().min(1).max(2_048).describe('Name of the secret in the vault behind the store'),
  property: z.string().min(1).max(2_048).optional().describe('Property of that secret; all of it by default'),
  refreshInterval: duration.default('1h').describe('Time after which it is fetched again'),
});
export type ExternalSecretSource = z.output<typeof externalSecret>;

const source = (what: string) =>
  choice({
    generated: generated.describe('Created once by the front door, and only ever replaced by a rotation'),
    existing: secretKey.describe("A Secret in the environment's namespace that somebody else creates"),
    copy: copy.describe(
      'A copy of a Secret of another namespace, which the operator makes and keeps up to date; its annotation tidegate.dev/copy-to must allow it',
    ),
    externalSecret: externalSecret.describe('An ExternalSecret, which External Secrets fetches from a vault'),
  })
    .prefault({ generated: {} })
    .describe(what);

/** Where each credential comes from. The spec names Secrets; it never holds one. */
export const Secrets = z.strictObject({
  redis: source('Password of Redis'),
  postgres: source('Password of Postgres'),
  token: source('Key that tokens are signed with, of at least 32 characters'),
  api: source('API keys, a line each, as tidegate api-key prints them; one for the server API by default'),
});
export type Secrets = z.output<typeof Secrets>;
export type SecretSource = Secrets['redis'];
