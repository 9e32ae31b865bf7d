const ORIGIN = /^https?:\/\/[^/?#@\s]+$/i;

/**
 * Whether a page of this origin may connect. Without an Origin header it is no browser, and no page to protect. `null`,
 * which sandboxed pages and files have, is let in by `*` alone. `https://*.example.com` allows every subdomain, at any
 * depth, and not example.com itself.
 */
export function originAllowed(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  const asked = normalized(origin);
  if (asked === undefined) return false;
  return allowed.some((pattern) => {
    const known = normalized(pattern);
    if (known === undefined) return false;
    const [scheme = '', rest = ''] = known.split('//*.', 2);
    return rest === ''
      ? known === asked
      : asked.startsWith(`${scheme}//`) && asked.endsWith(`.${rest}`) && asked.length >= known.length;
  });
}

/** In lower case and without the port that the scheme has by default; undefined when it is no origin. */
function normalized(origin: string): string | undefined {
  return ORIGIN.test(origin) && URL.canParse(origin) ? new URL(origin).origin : undefined;
}
