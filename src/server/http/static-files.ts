import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import files from '@fastify/static';
import { TidegateError } from '../../spec/errors.ts';
import type { Settings } from '../../spec/settings.ts';
import type { HttpServer } from './fastify.ts';

/** A hash of the content in the name, as bundlers write it: `app.3f2a9c1d.js`, `index-BX7k2q9_.css`. */
const HASHED = /[.-](?=[A-Za-z_-]*\d|[a-z_-]*[A-Z])[A-Za-z0-9_-]{8,64}\.[A-Za-z0-9]+$/;
const YEAR_SECONDS = 31_536_000;

/**
 * Serves the files of a directory. One whose name holds a hash of its content never changes, so it is kept for a year; all
 * others are asked for again each time, and answered with 304 while they are the same. Dot files are not served.
 *
 * @throws TidegateError TG2001 when there is no such directory
 */
export function staticFiles(http: HttpServer, { directory, prefix }: Settings['http']['static']): void {
  if (directory === undefined) return;
  const root = resolve(directory);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw TidegateError.of('TG2001', 'http.static.directory', `There is no directory ${root}`);
  }
  http.register(files, {
    root,
    prefix,
    decorateReply: false,
    dotfiles: 'ignore',
    schemaHide: true,
    cacheControl: false,
    setHeaders(reply, path) {
      reply.header('cache-control', cachingOf(basename(path)));
    },
  });
}

/** What `Cache-Control` says of a file. */
export function cachingOf(name: string): string {
  return HASHED.test(name) ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
}
