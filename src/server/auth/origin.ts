/** Whether a page of this origin may connect. Without an Origin header it is no browser, and no page to protect. */
export function originAllowed(origin: string | undefined, allowed: readonly string[]): boolean {
  return origin === undefined || allowed.includes('*') || allowed.includes(origin);
}
