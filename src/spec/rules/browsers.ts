import type { Sections, SpecRule } from './sections.ts';

/** What a browser does on behalf of its user: cookies, and the pages that may make it send them. */

const cors = ['server', 'settings', 'cors'];
const auth = ['server', 'settings', 'auth'];
const http = ['server', 'settings', 'http'];

/** A Gateway ends TLS at its listener, which is not ours to see, so there TLS is taken for granted. */
const isInClear = ({ route }: Sections) =>
  route.gateway === undefined && route.ingress !== undefined && route.ingress.tls === undefined;
const IN_CLEAR = '(!has(self.route.gateway) && has(self.route.ingress) && !has(self.route.ingress.tls))';

const sendsCookies = ({ server: { settings } }: Sections) =>
  settings.cors.credentials || settings.auth.cookie !== undefined;
const SENDS_COOKIES = '(self.server.settings.cors.credentials || has(self.server.settings.auth.cookie))';

const everyOrigin = (spec: Sections, isRight: (origin: string) => boolean) =>
  spec.server.settings.cors.origins.every(isRight);

/** `http://localhost:3000`, as pages have it while they are developed; nobody on the way can change those. */
const LOCAL = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?$/;

/** `https://*.com`. */
const WHOLE_SUFFIX = /^https?:\/\/\*\.[^.]+$/;

export const browserRules: readonly SpecRule[] = [
  {
    code: 'TG1120',
    path: [...http, 'hstsSeconds'],
    test: (spec) => spec.server.settings.http.hstsSeconds === 0 || !isInClear(spec),
    cel: `self.server.settings.http.hstsSeconds == 0 || !${IN_CLEAR}`,
    reason: 'Browsers are told to come by HTTPS only, and the one route has no TLS',
  },
  {
    code: 'TG1121',
    path: [...auth, 'cookie'],
    test: (spec) => spec.server.settings.auth.cookie === undefined || !isInClear(spec),
    cel: `!has(self.server.settings.auth.cookie) || !${IN_CLEAR}`,
    reason: 'The cookie is a token, and the one route has no TLS, so that everybody on the way can read it',
  },
  {
    code: 'TG1122',
    path: [...cors, 'origins'],
    test: (spec) =>
      !sendsCookies(spec) ||
      everyOrigin(spec, (origin) => !origin.startsWith('http://') || LOCAL.test(origin)),
    cel: `!${SENDS_COOKIES} || self.server.settings.cors.origins.all(origin, !origin.startsWith('http://') || origin.matches(r'${cel(LOCAL)}'))`,
    reason:
      'A page that came over plain HTTP can be changed on the way, and browsers send cookies along for it',
  },
  {
    code: 'TG1123',
    path: [...cors, 'origins'],
    test: (spec) => !sendsCookies(spec) || everyOrigin(spec, (origin) => !WHOLE_SUFFIX.test(origin)),
    cel: `!${SENDS_COOKIES} || !self.server.settings.cors.origins.exists(origin, origin.matches(r'${cel(WHOLE_SUFFIX)}'))`,
    reason: 'Anybody can have a name under a top-level domain, and browsers send cookies along for its pages',
  },
  {
    code: 'TG1124',
    path: [...http, 'securityHeaders'],
    test: (spec) => !sendsCookies(spec) || spec.server.settings.http.securityHeaders,
    cel: `!${SENDS_COOKIES} || self.server.settings.http.securityHeaders`,
    reason: 'Cookies make a frame act for its user, and without the headers any page may frame a response',
  },
];

/** A pattern as CEL reads it: RE2 knows no escaped slash. */
function cel(pattern: RegExp): string {
  return pattern.source.replaceAll('\\/', '/');
}
