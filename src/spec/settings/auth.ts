import { z } from 'zod';
import { type Rule, withRules } from '../rule.ts';
import { API_KEY_ENTRY } from './api-key.ts';

const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
/** A name, an IPv4 address or an IPv6 one; whether the last is right needs more than a pattern. */
const HOST = `([a-zA-Z0-9]([-.a-zA-Z0-9]*[a-zA-Z])?|${OCTET}(\\.${OCTET}){3}|\\[[0-9a-fA-F:]+\\])`;
const LOOPBACK = '(localhost|127\\.0\\.0\\.1|\\[::1\\])';
const PORT = '(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4})';
const JWKS_URL = new RegExp(`^(https://${HOST}|http://${LOOPBACK})(:${PORT})?(/\\S*)?$`);

/** How clients prove who they are, as far as a spec may tell it. */
export const auth = {
  publicKey: z
    .string()
    .max(65_536)
    .regex(/^[ \t\r\n]*(-----BEGIN (PUBLIC KEY|CERTIFICATE)-----|\{)/, 'Must be public: PEM, a JWK or a JWKS')
    .optional()
    .meta({
      description: 'Public keys (PEM, one after the other, a JWK or a JWKS) that tokens are checked with',
      file: true,
      live: true,
    }),
  jwksUrl: withRules(
    z.string().max(2_048).regex(JWKS_URL, 'Must be an https URL; http is for this machine alone'),
    [
      {
        code: 'TG1003',
        path: [],
        test: (url) => URL.canParse(url),
        cel: 'isURL(self)',
        reason: 'Must be a URL whose host is a name or an address',
      },
    ],
  )
    .optional()
    .describe('URL of the JWKS that tokens are checked with; its keys may rotate'),
  jwksCooldownSeconds: z
    .int()
    .min(1)
    .max(3_600)
    .default(10)
    .describe('Seconds between two fetches of the JWKS that tokens of unknown keys cause'),
  audience: z
    .array(z.string().min(1).max(253))
    .min(1)
    .max(16)
    .optional()
    .describe('Audiences of which a token must name one; not looked at when unset'),
  issuer: z.string().min(1).max(2_048).optional().describe('Issuer of tokens; not looked at when unset'),
  leewaySeconds: z
    .int()
    .min(0)
    .max(300)
    .default(5)
    .describe('Seconds that the clock of who signs tokens may differ from that of the server'),
  subjectClaim: z
    .string()
    .min(1)
    .max(64)
    .default('sub')
    .describe('Claim of the token that names the user; a text'),
  cookie: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9_.-]+$/, 'Must be letters, digits, _, . and -')
    .optional()
    .describe('Cookie a token may come in; none when unset, since browsers send cookies for every page'),
  refusals: z
    .enum(['status', 'close'])
    .default('status')
    .describe(
      'How a WebSocket is refused for want of a proof or a right: with 401 or 403 before the upgrade, or with a close (1008), which pages can see',
    ),
};

const tokenKey = z.string().min(32, 'Must have at least 32 characters');

/** What proofs are checked with, and is to be kept to the server. */
export const authSecrets = {
  tokenKey: tokenKey.optional().meta({ description: 'HS256 key that tokens are signed with', secret: true }),
  acceptedTokenKeys: z.array(tokenKey).max(8).default([]).meta({
    description:
      'HS256 keys that tokens may be signed with besides auth.tokenKey, while that is rotated: the next one, and the one before',
    secret: true,
  }),
  apiKeys: z
    .array(
      z
        .string()
        .regex(
          API_KEY_ENTRY,
          'Must be a name, a scope (api or user) and the SHA-256 of the key in hex, with colons between them',
        ),
    )
    .max(1_024)
    .default([])
    .meta({
      description:
        'API keys, `name:scope:sha256` each, as tidegate api-key makes them; with the scope api a key calls /api/channels, with user it stands for the user of its name',
      secret: true,
    }),
};

/** Without it, any page could connect as the user in whose browser it is shown. */
export const cookieFromAnyOrigin: Rule<{
  readonly auth: { readonly cookie?: string | undefined };
  readonly cors: { readonly origins: readonly string[] };
}> = {
  code: 'TG1115',
  path: ['auth', 'cookie'],
  test: (value) => value.auth.cookie === undefined || !value.cors.origins.includes('*'),
  cel: `!has(self.auth.cookie) || !('*' in self.cors.origins)`,
  reason: 'Browsers send cookies along whatever page connects, and any origin is allowed',
};
