/** Seconds since 1970. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

/** How long something lasts, as replies tell it. */
export function validity(expiresAt: number | undefined): { expires?: true; ttl?: number } {
  return expiresAt === undefined ? {} : { expires: true, ttl: Math.max(1, expiresAt - nowSeconds()) };
}
