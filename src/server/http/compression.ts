import compress from '@fastify/compress';
import type { HttpServer } from './fastify.ts';

/**
 * Compresses responses with Brotli or gzip, from so many bytes on; 0 compresses none. Called rather than registered, so
 * that it sees the routes that are put on the application right after it is made.
 */
export function compression(http: HttpServer, aboveBytes: number): void {
  if (aboveBytes === 0) return;
  compress(http, { threshold: aboveBytes, encodings: ['br', 'gzip'], globalDecompression: false }, () => {});
  http.addHook('onRoute', (route) => {
    route.onSend = [route.onSend ?? []].flat();
    // What is compressed is no longer the same byte for byte, which a strong tag would promise (RFC 9110, 8.8.1).
    route.onSend.push((_, reply, payload, done) => {
      const tag = reply.getHeader('etag');
      const encoded = reply.getHeader('content-encoding') !== undefined;
      if (encoded && typeof tag === 'string' && !tag.startsWith('W/')) reply.header('etag', `W/${tag}`);
      done(null, payload);
    });
  });
}
