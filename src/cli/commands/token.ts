import { SignJWT } from 'jose';
import { loadSettings } from '../../server/settings/load-settings.ts';
import { TidegateError } from '../../spec/index.ts';

/** `tidegate token`: prints a token that a server with the same settings lets in. */
export async function token(options: { user: string; seconds: number }): Promise<void> {
  if (options.user.trim() === '') throw TidegateError.of('TG1003', '--user', 'The name is empty');
  const { auth } = loadSettings({ directory: process.cwd(), env: process.env });
  if (auth.tokenKey === undefined) {
    throw TidegateError.of('TG2002', 'auth.tokenKey', 'There is no key to sign the token with');
  }
  const jwt = new SignJWT({ [auth.subjectClaim]: options.user })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + options.seconds);
  if (auth.issuer !== undefined) jwt.setIssuer(auth.issuer);
  const [audience] = auth.audience ?? [];
  if (audience !== undefined) jwt.setAudience(audience);
  console.log(await jwt.sign(new TextEncoder().encode(auth.tokenKey)));
}
