import { execFileSync } from 'node:child_process';
import { createPrivateKey, type createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { TokenCheck } from '../../../../src/server/auth/token-check.ts';
import { Settings } from '../../../../src/spec/settings.ts';

const KEY = 'a-key-of-the-tests-of-32-characters-or-more';
const log = pino({ level: 'silent' });
const bytes = (text: string) => new TextEncoder().encode(text);
const settings = (auth: object) => Settings.parse({ auth });
const check = (auth: object) => new TokenCheck(() => settings(auth), log);

type SigningKey = Parameters<SignJWT['sign']>[0];
const sign = (
  key: SigningKey,
  header: { alg: string; kid?: string } = { alg: 'HS256' },
  claims: object = {},
) => new SignJWT({ sub: 'alice', ...claims }).setProtectedHeader(header).sign(key);
const user = async (tokens: TokenCheck, token: string) =>
  tokens.user(token).then(
    ({ id }) => id,
    (error: Error) => error.message,
  );

describe('GIVEN a secret key', () => {
  it('WHEN a token is good THEN its user, claims and end are told', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 60;
    const token = await sign(bytes(KEY), { alg: 'HS256' }, { exp, role: 'admin' });
    expect(await check({ tokenKey: KEY }).user(token)).toEqual({
      id: 'alice',
      claims: { sub: 'alice', exp, role: 'admin' },
      expiresAt: exp,
    });
  });

  it('WHEN the user is in another claim THEN it is read from there', async () => {
    const token = await sign(bytes(KEY), { alg: 'HS256' }, { email: 'alice@example.com' });
    expect(await user(check({ tokenKey: KEY, subjectClaim: 'email' }), token)).toBe('alice@example.com');
    expect(await user(check({ tokenKey: KEY, subjectClaim: 'name' }), token)).toBe('The token is not valid');
  });

  it('WHEN a token has ended THEN it is said so, and holds for the leeway', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const ended = (seconds: number) => sign(bytes(KEY), { alg: 'HS256' }, { exp: now - seconds });
    expect(await user(check({ tokenKey: KEY }), await ended(60))).toBe('The token has expired');
    expect(await user(check({ tokenKey: KEY, leewaySeconds: 120 }), await ended(60))).toBe('alice');
    expect(await user(check({ tokenKey: KEY, leewaySeconds: 0 }), await ended(0))).toBe(
      'The token has expired',
    );
  });

  it('WHEN the key is rotated THEN tokens of the one before it hold, and those of the one before that do not', async () => {
    const keys = ['first', 'second', 'third'].map((name) => `${name}-key-of-these-tests-of-32-characters`);
    let key = keys[0];
    const tokens = new TokenCheck(() => settings({ tokenKey: key }), log);
    const signed = await Promise.all(keys.map((text) => sign(bytes(text))));
    const answers = () => Promise.all(signed.map((token) => user(tokens, token)));
    const not = 'The token is not valid';
    expect(await answers()).toEqual(['alice', not, not]);
    key = keys[1];
    expect(await answers()).toEqual(['alice', 'alice', not]);
    key = undefined;
    expect(await answers()).toEqual(['alice', 'alice', not]);
    key = keys[2];
    expect(await answers()).toEqual([not, 'alice', 'alice']);
  });
});

describe('GIVEN public keys', () => {
  const algorithms = ['RS256', 'RS512', 'PS256', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

  it.each(algorithms)('WHEN the token is signed with %s THEN PEM, JWK and JWKS let it in', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = await exportJWK(publicKey);
    const token = await sign(privateKey, { alg, kid: 'mine' });
    const named = { ...jwk, kid: 'mine' };
    const texts = [await exportSPKI(publicKey), JSON.stringify(named), JSON.stringify({ keys: [named] })];
    for (const text of texts) expect(await user(check({ publicKey: text }), token)).toBe('alice');
    const foreign = JSON.stringify({ ...jwk, kid: 'other' });
    expect(await user(check({ publicKey: foreign }), token)).toBe('The token is not valid');
  });

  it('WHEN there are several THEN each is tried that fits', async () => {
    const pairs = await Promise.all(
      ['RS256', 'RS256', 'ES256'].map((alg) => generateKeyPair(alg, { extractable: true })),
    );
    const pem = (await Promise.all(pairs.map(({ publicKey }) => exportSPKI(publicKey)))).join('\n');
    const tokens = check({ publicKey: pem });
    const signed = pairs.map(({ privateKey }, index) =>
      sign(privateKey, { alg: index === 2 ? 'ES256' : 'RS256' }),
    );
    expect(await Promise.all(signed.map(async (token) => user(tokens, await token)))).toEqual([
      'alice',
      'alice',
      'alice',
    ]);
  });

  it('WHEN one comes as a certificate THEN its key counts', async () => {
    const making =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=issuer -keyout - -out -';
    const made = execFileSync('openssl', making.split(' '), {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const begin = made.indexOf('-----BEGIN CERTIFICATE-----');
    const token = await sign(createPrivateKey(made.slice(0, begin)), { alg: 'ES256' });
    expect(await user(check({ publicKey: made.slice(begin) }), token)).toBe('alice');
  });

  it('WHEN a key has an algorithm of its own THEN it is good for no other', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const jwk = { ...publicKey.export({ format: 'jwk' }), alg: 'PS256' };
    const tokens = check({ publicKey: JSON.stringify(jwk) });
    expect(await user(tokens, await sign(privateKey, { alg: 'PS256' }))).toBe('alice');
    expect(await user(tokens, await sign(privateKey, { alg: 'RS256' }))).toBe('The token is not valid');
  });

  it('WHEN they are none THEN it is told what is wrong', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey;
    const secp = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
    const pair = generateKeyPairSync('ed25519');
    const pem = (key: ReturnType<typeof createPublicKey>) =>
      String(key.export({ type: 'spki', format: 'pem' }));
    const reason = (publicKey: string) => {
      try {
        check({ publicKey });
      } catch (error) {
        return (error as Error).message.split('. ')[0];
      }
      return undefined;
    };
    expect([
      reason('{"keys":[]}'),
      reason('{'),
      reason('{"kty":"oct","k":"c2VjcmV0"}'),
      reason(JSON.stringify(pair.privateKey.export({ format: 'jwk' }))),
      reason(pem(short)),
      reason(pem(secp)),
      reason(`${pem(pair.publicKey)}-----BEGIN PRIVATE KEY-----`),
      reason('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'),
    ]).toEqual(
      [
        'It holds no key',
        'It is not valid JSON',
        'It holds a secret key; only public ones belong here',
        'It holds a secret key; only public ones belong here',
        'An RSA key has less than 2048 bits',
        'A key is neither RSA nor on one of the curves P-256, P-384, P-521, Ed25519',
        'It holds more than public keys and certificates',
        'One of its keys cannot be read',
      ].map((text) => `TG2001 auth.publicKey: ${text}`),
    );
  });
});

describe('GIVEN a good token', () => {
  it.each(['HS256', 'RS256', 'ES256', 'EdDSA'])(
    'WHEN any one bit of it (%s) is flipped THEN it is refused',
    async (alg) => {
      const pair = alg === 'HS256' ? undefined : await generateKeyPair(alg, { extractable: true });
      const tokens = check(
        pair === undefined ? { tokenKey: KEY } : { publicKey: await exportSPKI(pair.publicKey) },
      );
      const token = await sign(pair?.privateKey ?? bytes(KEY), { alg });
      const flipped = (bit: number) => {
        const copy = Buffer.from(token, 'latin1');
        copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return copy.toString('latin1');
      };
      expect(await user(tokens, token)).toBe('alice');
      const property = fc.asyncProperty(fc.nat(token.length * 8 - 1), async (bit) => {
        expect(await user(tokens, flipped(bit))).toBe('The token is not valid');
      });
      await fc.assert(property, { numRuns: 200 });
      // Characters whose low byte is the right one.
      const other = [...token].map((at) => String.fromCharCode(at.charCodeAt(0) + 0x100)).join('');
      const last = token.lastIndexOf('.') + 1;
      expect(await user(tokens, token.slice(0, last) + other.slice(last))).toBe('The token is not valid');
      // The spare bits at the very end are where lenient decoders fail.
      for (let bit = (token.length - 1) * 8; bit < token.length * 8; bit += 1) {
        expect(await user(tokens, flipped(bit))).toBe('The token is not valid');
      }
    },
  );
});
