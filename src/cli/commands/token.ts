import { SignJWT } from 'jose';
import { loadSettings } from '../../server/index.ts';
import { TidegateError } from '../../spec/index.ts';

/** `tidegate token`: prints a token for /secure/ws. */
export async function token(options: { user: string; seconds: number }): Promise<void> {
  const { auth } = loadSettings({ directory: process.cwd(), env: process.env });
  if (auth.tokenKey === undefined) {
    throw TidegateError.of('TG2002', 'auth.tokenKey', 'There is no key to sign the token with');
  }
  const jwt = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(options.user)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + options.seconds)
    .sign(new TextEncoder().encode(auth.tokenKey));
  console.log(jwt);
}
