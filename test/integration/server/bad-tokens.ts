import { exportJWK, exportSPKI, type GenerateKeyPairResult, generateKeyPair, SignJWT } from 'jose';

/** A key of the settings of those tests that refuse bad tokens. */
export const TOKEN_KEY = 'a-key-of-the-tests-of-32-characters-or-more';
export const AUDIENCE = 'chat';
export const ISSUER = 'https://issuer.example.com';

const secret = (text: string) => new TextEncoder().encode(text);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Claims of a good token. */
export function claims(): Record<string, unknown> {
  return { sub: 'alice', aud: AUDIENCE, iss: ISSUER, exp: Math.floor(Date.now() / 1_000) + 3_600 };
}

/** Signs whatever claims there are, with HS256 unless told otherwise. */
export function sign(
  payload: Record<string, unknown>,
  key: Parameters<SignJWT['sign']>[0] = secret(TOKEN_KEY),
  header: { readonly alg: string; readonly [name: string]: unknown } = { alg: 'HS256' },
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader(header).sign(key);
}

/** Tokens that must be refused, by what is wrong with each. `pair` is the key whose public half the server has. */
export async function badTokens(pair: GenerateKeyPairResult): Promise<ReadonlyMap<string, string>> {
  const now = Math.floor(Date.now() / 1_000);
  const good = await sign(claims());
  const [header = '', payload = '', signature = ''] = good.split('.');
  const other = await generateKeyPair('RS256', { extractable: true });
  const spki = await exportSPKI(pair.publicKey);
  const without = (name: string) =>
    Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name));
  const rs256 = (extra: object) => ({ alg: 'RS256', ...extra });
  const byHand = async (head: object, body: string) => {
    const hmac = await crypto.subtle.importKey(
      'raw',
      secret(TOKEN_KEY),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    );
    const input = `${part(head)}.${body}`;
    const bytes = await crypto.subtle.sign('HMAC', hmac, new TextEncoder().encode(input));
    return `${input}.${Buffer.from(bytes).toString('base64url')}`;
  };
  return new Map(
    Object.entries({
      'no algorithm': `${part({ alg: 'none' })}.${payload}.`,
      'no algorithm, and a signature': `${part({ alg: 'none' })}.${payload}.${signature}`,
      'no algorithm, in capitals': `${part({ alg: 'NONE' })}.${payload}.`,
      'an algorithm that is no text': `${part({ alg: ['HS256'] })}.${payload}.${signature}`,
      'a header without algorithm': await byHand({ typ: 'JWT' }, payload),
      'another algorithm of the same key': await sign(claims(), secret(TOKEN_KEY.repeat(2)), {
        alg: 'HS512',
      }),
      'another secret key': await sign(claims(), secret('another-key-of-at-least-32-characters')),
      'another private key': await sign(claims(), other.privateKey, rs256({})),
      'the public key as a secret': await sign(claims(), secret(spki)),
      'the public key as a secret, trimmed': await sign(claims(), secret(spki.trim())),
      'its own key in its header': await sign(
        claims(),
        other.privateKey,
        rs256({ jwk: await exportJWK(other.publicKey) }),
      ),
      'the URL of its own keys': await sign(
        claims(),
        other.privateKey,
        rs256({ jku: 'http://127.0.0.1:1/jwks.json', x5u: 'http://127.0.0.1:1/cert.pem' }),
      ),
      'an unknown key id': await sign(claims(), pair.privateKey, rs256({ kid: 'unknown' })),
      'a key id that is a path': await sign(
        claims(),
        pair.privateKey,
        rs256({ kid: '../../../../dev/null' }),
      ),
      'a key id that is a query': await sign(claims(), pair.privateKey, rs256({ kid: "' OR 1=1 --" })),
      'a critical extension': await byHand({ alg: 'HS256', crit: ['exp'], exp: now + 60 }, payload),
      'an unencoded payload': await byHand({ alg: 'HS256', crit: ['b64'], b64: false }, payload),
      'its end long ago': await sign({ ...claims(), exp: now - 3_600 }),
      'its end just before the leeway': await sign({ ...claims(), exp: now - 6 }),
      'its end as a text': await sign({ ...claims(), exp: String(now + 60) as never }),
      'its begin in an hour': await sign({ ...claims(), nbf: now + 3_600 }),
      'another audience': await sign({ ...claims(), aud: 'mail' }),
      'no audience': await sign(without('aud')),
      'another issuer': await sign({ ...claims(), iss: 'https://evil.example.com' }),
      'no issuer': await sign(without('iss')),
      'no subject': await sign(without('sub')),
      'an empty subject': await sign({ ...claims(), sub: '' }),
      'a number as its subject': await byHand({ alg: 'HS256' }, part({ ...claims(), sub: 42 })),
      'a list as its subject': await byHand({ alg: 'HS256' }, part({ ...claims(), sub: ['alice'] })),
      'claims that are a list': await byHand({ alg: 'HS256' }, part(['alice'])),
      'claims that are no JSON': await byHand({ alg: 'HS256' }, Buffer.from('{"sub":').toString('base64url')),
      'claims of another token': `${header}.${part({ ...claims(), sub: 'admin' })}.${signature}`,
      'an end that was cut off': good.slice(0, -1),
      'no signature': `${header}.${payload}.`,
      'two parts': `${header}.${payload}`,
      'four parts': `${good}.${signature}`,
      'five parts': `${good}.${signature}.${signature}`,
      padding: `${good}=`,
      'a line break at its end': `${good}\n`,
      'letters of base64 that URLs have not': `${header}.${payload}.${signature.slice(0, -2)}+/`,
      'more than 8 KiB': await sign({ ...claims(), padding: 'x'.repeat(8_192) }),
      nonsense: 'nonsense-that-is-no-token-at-all',
    }),
  );
}
