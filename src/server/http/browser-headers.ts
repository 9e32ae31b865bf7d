import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { Settings } from '../../spec/settings.ts';
import type { HttpServer } from './fastify.ts';

/**
 * Tells browsers which pages may use a response, and how. The plugins are called rather than registered: hooks of routes
 * that are put on the application right after it is made would come before them otherwise.
 */
export function browserHeaders(http: HttpServer, { cors: pages, http: options }: Settings): void {
  const { origins, credentials, methods, headers, exposedHeaders, maxAgeSeconds } = pages;
  cors(
    http,
    {
      origin: [...origins],
      credentials,
      methods: [...methods],
      allowedHeaders: [...headers],
      exposedHeaders: [...exposedHeaders],
      maxAge: maxAgeSeconds,
      strictPreflight: false,
    },
    () => {},
  );
  if (!options.securityHeaders) return;
  const policy = options.contentSecurityPolicy;
  http.addHook('onRequest', async (_, reply) => {
    reply.header('content-security-policy', policy);
  });
  void helmet(http, {
    // Helmet would take it in parts; a page with a policy of its own sets the header again.
    contentSecurityPolicy: false,
    strictTransportSecurity: options.hstsSeconds > 0 && {
      maxAge: options.hstsSeconds,
      includeSubDomains: false,
    },
  });
}
