import { z } from 'zod';
import { DISCONNECT, DisconnectClient, ERROR } from './protocol/codes.ts';
import type { Payload } from './protocol/schema.ts';
import { nowSeconds } from './validity.ts';

/** Checks the signature and the time of a token. */
export interface TokenVerifier {
  /** The claims; or why there are none. */
  claims(token: string): Promise<Readonly<Record<string, unknown>> | 'expired' | 'invalid'>;
}

const seconds = z.number().transform(Math.floor);
/** When what the token gives ends, if not with the token; 0 is never. */
const expiry = { exp: seconds.optional(), expire_at: seconds.optional() };

const connectionClaims = z.object({
  info: z.unknown().optional(),
  ...expiry,
  channels: z.array(z.string()).optional(),
  subs: z
    .record(z.string(), z.object({ info: z.unknown().optional(), data: z.unknown().optional() }))
    .optional(),
});

const subscriptionClaims = z.object({
  channel: z.string(),
  info: z.unknown().optional(),
  ...expiry,
});

/** What a connection token says. */
export interface ConnectionClaims {
  readonly user: string;
  readonly info: Payload | undefined;
  /** In seconds since 1970; never when undefined. */
  readonly expiresAt: number | undefined;
  /** Server-side subscriptions. */
  readonly subscriptions: ReadonlyMap<
    string,
    { readonly info?: Payload | undefined; readonly data?: Payload | undefined }
  >;
}

/** What a subscription token says. */
export interface SubscriptionClaims {
  readonly user: string;
  readonly channel: string;
  readonly info: Payload | undefined;
  readonly expiresAt: number | undefined;
}

/** Reads tokens of clients: of a connection, and of a subscription to one channel. Their claims are Centrifugo's. */
export class Tokens {
  readonly #verifier: TokenVerifier;
  readonly #subjectClaim: string;

  /** @param subjectClaim names the user */
  constructor(verifier: TokenVerifier, subjectClaim: string) {
    this.#verifier = verifier;
    this.#subjectClaim = subjectClaim;
  }

  /**
   * @throws ReplyError 109 when the token is expired, so that the client asks for another
   * @throws DisconnectClient 3500 when it is not good
   */
  async connection(token: string): Promise<ConnectionClaims> {
    const claims = await this.#read(
      connectionClaims,
      token,
      () => new DisconnectClient(DISCONNECT.invalidToken),
    );
    return {
      user: claims.user,
      info: payloadOf(claims.info),
      expiresAt: expiryOf(claims),
      subscriptions: subscriptionsOf(claims),
    };
  }

  /**
   * @throws ReplyError 109 when the token is expired, so that the client asks for another
   * @throws ReplyError 103 when it is not good
   */
  async subscription(token: string): Promise<SubscriptionClaims> {
    const claims = await this.#read(subscriptionClaims, token, () => ERROR.permissionDenied);
    return {
      user: claims.user,
      channel: claims.channel,
      info: payloadOf(claims.info),
      expiresAt: expiryOf(claims),
    };
  }

  async #read<S extends z.ZodType>(
    schema: S,
    token: string,
    invalid: () => Error,
  ): Promise<z.output<S> & { readonly user: string }> {
    const claims = await this.#verifier.claims(token);
    if (claims === 'expired') throw ERROR.tokenExpired;
    if (claims === 'invalid') throw invalid();
    const checked = schema.safeParse(claims);
    // Without the claim it speaks for nobody in particular.
    const user = claims[this.#subjectClaim] ?? '';
    if (!checked.success || typeof user !== 'string') throw invalid();
    // The verifier puts up with clocks that differ a little; what has ended by this one is asked for anew.
    const expiresAt = expiryOf(checked.data as Expiring);
    if (expiresAt !== undefined && expiresAt <= nowSeconds()) throw ERROR.tokenExpired;
    return { ...(checked.data as object), user } as z.output<S> & { readonly user: string };
  }
}

/** Most tokens give none. */
export const NO_SUBSCRIPTIONS: ConnectionClaims['subscriptions'] = new Map();

function subscriptionsOf({
  channels = [],
  subs = {},
}: z.output<typeof connectionClaims>): ConnectionClaims['subscriptions'] {
  const subscriptions = new Map(channels.map((channel) => [channel, {}]));
  for (const [channel, { info, data }] of Object.entries(subs)) {
    subscriptions.set(channel, { info: payloadOf(info), data: payloadOf(data) });
  }
  return subscriptions.size === 0 ? NO_SUBSCRIPTIONS : subscriptions;
}

interface Expiring {
  readonly exp?: number | undefined;
  readonly expire_at?: number | undefined;
}

function expiryOf({ exp, expire_at }: Expiring): number | undefined {
  return expire_at === undefined ? exp : expire_at === 0 ? undefined : expire_at;
}

/** A value as JSON; undefined stays. */
export function payloadOf(value: unknown): Payload | undefined {
  return value === undefined ? undefined : Buffer.from(JSON.stringify(value));
}

/** The same bytes in memory of their own: a slice of what Node pools would keep all of that alive. */
export function lasting(payload: Payload | undefined): Payload | undefined {
  if (payload === undefined) return undefined;
  const copy = Buffer.allocUnsafeSlow(payload.length);
  payload.copy(copy);
  return copy;
}
