/** What the URL of a store says, by setting; what it leaves out is not there. */
export type StoreParts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A store that a URL can tell of: its form, and how it is read. */
export interface StoreUrl {
  readonly form: string;
  /** Gives the parts, or a sentence on what is wrong, which never holds any part of the URL. */
  readonly parse: (text: string) => StoreParts | string;
}

const TLS_BY_SSLMODE: Readonly<Record<string, boolean>> = {
  disable: false,
  require: true,
  'verify-ca': true,
  'verify-full': true,
};

export const STORE_URLS: Readonly<Record<'redis' | 'postgres', StoreUrl>> = {
  redis: {
    form: 'redis://user:password@host:port, redis+sentinel://user:password@host:port,host:port/name or redis+cluster://user:password@host:port,host:port, with rediss for TLS',
    parse: redisParts,
  },
  postgres: { form: 'postgres://user:password@host:port/database?sslmode=require', parse: postgresParts },
};

/** `redis+sentinel://` and `redis+cluster://` have several hosts, which no other URL has. */
const SEVERAL =
  /^redis(?<tls>s?)\+(?<kind>sentinel|cluster):\/\/(?<login>[^@/?#]*@)?(?<hosts>[^@/?#]+)(?<name>\/[^/?#]*)?(?<rest>.*)$/;

function redisParts(text: string): StoreParts | string {
  const several = SEVERAL.exec(text)?.groups;
  if (several !== undefined) return severalParts(several);
  const url = redisUrl(text);
  return typeof url === 'string' ? url : { ...address(url), ...user(url), tls: url.protocol === 'rediss:' };
}

function severalParts(groups: Readonly<Record<string, string | undefined>>): StoreParts | string {
  const { kind, login = '', hosts = '', name = '', rest = '', tls } = groups;
  // As one URL a host; what follows them stands in the place of a database, but for the name that Sentinels know.
  const end = kind === 'sentinel' ? rest : name + rest;
  const urls = hosts.split(',').map((host) => redisUrl(`redis://${login}${host}${end}`));
  const wrong = urls.find((url) => typeof url === 'string');
  if (wrong !== undefined) return wrong;
  if (!decodes(name)) return formOf('redis');
  const first = urls[0] as URL;
  const { password } = address(first);
  const nodes = { tls: tls === 's', ...user(first), ...(password !== undefined && { password }) };
  if (kind === 'cluster') return { cluster: hosts.split(','), ...nodes };
  const sentinelName = decodeURIComponent(name.slice(1));
  return { sentinels: hosts.split(','), ...(sentinelName !== '' && { sentinelName }), ...nodes };
}

/** One server's URL, or what is wrong with it. */
function redisUrl(text: string): URL | string {
  const url = parsed(text, ['redis:', 'rediss:']);
  if (url === undefined) return formOf('redis');
  if (!['', '/', '/0'].includes(url.pathname)) return 'It names a database, and only number 0 is used';
  if (url.search !== '' || url.hash !== '') return 'It has parameters, which are not known';
  return url;
}

function postgresParts(text: string): StoreParts | string {
  const url = parsed(text, ['postgres:', 'postgresql:']);
  if (url === undefined) return formOf('postgres');
  const { sslmode, ...others } = Object.fromEntries(url.searchParams);
  if (Object.keys(others).length > 0 || url.hash !== '') return 'It has parameters other than sslmode';
  const tls = sslmode === undefined ? undefined : TLS_BY_SSLMODE[sslmode];
  if (sslmode !== undefined && tls === undefined) {
    return `Its sslmode is none of ${Object.keys(TLS_BY_SSLMODE).join(', ')}`;
  }
  const database = decodeURIComponent(url.pathname.slice(1));
  return {
    ...address(url),
    ...user(url),
    ...(database !== '' && { database }),
    ...(tls !== undefined && { tls }),
  };
}

function address(url: URL): StoreParts {
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port !== '' && { port: Number(url.port) }),
    ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
  };
}

function user({ username }: URL): StoreParts {
  return username === '' ? {} : { user: decodeURIComponent(username) };
}

function parsed(text: string, protocols: readonly string[]): URL | undefined {
  const url = URL.parse(text);
  if (url === null || url.hostname === '' || !protocols.includes(url.protocol)) return undefined;
  // Decoded here, so that what cannot be is found before any part is used.
  return [url.username, url.password, url.pathname].every(decodes) ? url : undefined;
}

function decodes(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

function formOf(store: keyof typeof STORE_URLS): string {
  return `Must be of the form ${STORE_URLS[store].form}`;
}
