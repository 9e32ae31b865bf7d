import { isUtf8 } from 'node:buffer';

/** What a token says: https://www.rfc-editor.org/rfc/rfc7519#section-4.1, and whatever else its issuer put in. */
export interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  /** Seconds since 1970, as the next two. */
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly [name: string]: unknown;
}

export interface ClaimRules {
  readonly issuer?: string | undefined;
  /** The token must name one of them. */
  readonly audience?: readonly string[] | undefined;
  readonly leewaySeconds: number;
}

/** Why what a token says does not hold. */
export type Fault = 'expired' | 'malformed' | 'not yet valid' | 'of another issuer' | 'for another audience';

/**
 * Reads what a token says, whose signature was checked.
 *
 * @param payload its middle part, in base64url
 * @param now in seconds since 1970
 */
export function readClaims(payload: string, rules: ClaimRules, now = Date.now() / 1_000): Claims | Fault {
  const claims = parsed(payload);
  if (claims === undefined) return 'malformed';
  const { exp, nbf, iat, iss, aud } = claims;
  if (!isTime(exp) || !isTime(nbf) || !isTime(iat)) return 'malformed';
  if (rules.issuer !== undefined && iss !== rules.issuer) return 'of another issuer';
  if (rules.audience !== undefined && !isFor(aud, rules.audience)) return 'for another audience';
  if (nbf !== undefined && nbf > now + rules.leewaySeconds) return 'not yet valid';
  if (exp !== undefined && exp <= now - rules.leewaySeconds) return 'expired';
  return claims as Claims;
}

function parsed(payload: string): Record<string, unknown> | undefined {
  const bytes = Buffer.from(payload, 'base64url');
  if (!isUtf8(bytes)) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A number that is not there is one that says nothing; JSON has no infinite ones but 1e999. */
function isTime(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value));
}

function isFor(aud: unknown, audience: readonly string[]): boolean {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return named.some((name) => typeof name === 'string' && audience.includes(name));
}
