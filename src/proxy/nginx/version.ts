import { z } from 'zod';

/** The oldest nginx that a supported distribution ships: Ubuntu 22.04 has 1.18, Debian 12 has 1.22. */
const OLDEST = '1.18.0';
/** The first nginx with the directive `http2`; before it, HTTP/2 is a parameter of `listen`. */
export const HTTP2_DIRECTIVE = '1.25.1';

/** Version of nginx, as `nginx -v` prints it. */
export const nginxVersion = z
  .string()
  .refine((text) => /^(\d{1,4}\.){2}\d{1,4}$/.test(text) && isAtLeast(text, OLDEST), {
    error: `Must be a version from ${OLDEST}, for example 1.22.1; nginx -v prints it`,
  });

/** Whether this nginx has the directive `http2`; the newest, which is meant where no version is said, has it. */
export function hasHttp2Directive(version: string | undefined): boolean {
  return version === undefined || isAtLeast(version, HTTP2_DIRECTIVE);
}

function isAtLeast(version: string, least: string): boolean {
  return version.localeCompare(least, 'en', { numeric: true }) >= 0;
}
