/** Who a client has proved to be. */
export interface User {
  /** The token's subject, or what a custom check says. */
  readonly id: string;
  /** Claims of the token; empty for other proofs. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** When the proof ends, in seconds since 1970; never when undefined. */
  readonly expiresAt?: number | undefined;
}
