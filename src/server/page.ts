import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { extname } from 'node:path';
import type { RealtimeApp } from './app/application.ts';

/** `.ts` from the source, `.js` from the package: this module's own ending. */
const SCRIPT = extname(import.meta.filename);

/** What the page is made of, by its path beneath `/page/`, which is also its path beneath `src/` or `lib/`. */
const DIRECTORIES = ['server/page', 'client'];

/** What is served of that, by its ending. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  [SCRIPT]: 'text/javascript; charset=utf-8',
};

/** Nothing but the page's own files, and WebSockets to where it came from. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `/`: a chat room in the browser. */
export function webPage(app: RealtimeApp): void {
  const html = read('server/page/index.html').replace('main.ts', `main${SCRIPT}`);
  app.http.get('/', { schema: { hide: true } }, async (_, reply) => {
    reply.header('content-security-policy', CONTENT_SECURITY_POLICY).header('referrer-policy', 'no-referrer');
    return reply.type('text/html; charset=utf-8').send(html);
  });
  for (const directory of DIRECTORIES) {
    for (const file of readdirSync(fileOf(directory))) {
      const type = TYPES[extname(file)];
      if (type !== undefined) serve(app, `${directory}/${file}`, type);
    }
  }
}

function serve(app: RealtimeApp, path: string, type: string): void {
  const source = read(path);
  const content = path.endsWith('.ts') ? withoutTypes(source) : source;
  app.http.get(`/page/${path}`, { schema: { hide: true } }, async (_, reply) =>
    reply.header('cache-control', 'no-cache').type(type).send(content),
  );
}

function read(path: string): string {
  return readFileSync(fileOf(path), 'utf8');
}

function fileOf(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

/** Node warns that this is experimental; whoever starts a server from source need not be told. */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
