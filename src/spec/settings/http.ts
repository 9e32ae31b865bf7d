import { z } from 'zod';

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const hostPattern = z
  .string()
  .max(253)
  .regex(
    /^(\*|(\*\.)?[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])$/,
    'Must be *, a host without a port, or a host whose first label is *, for example *.example.com',
  );

const path = (text: string) =>
  z
    .string()
    .max(512)
    .regex(/^\/([^\s?#]*\/)?$/, text);

export const http = z
  .strictObject({
    bodyBytes: z
      .int()
      .min(1)
      .max(1_073_741_824)
      .default(1_048_576)
      .describe('Largest body of an HTTP request, in bytes; a larger one gets 413'),
    compressAboveBytes: z
      .int()
      .min(0)
      .max(1_073_741_824)
      .default(1_024)
      .describe('Bytes from which on a response is compressed with Brotli or gzip; 0 compresses none'),
    cacheBytes: z
      .int()
      .min(0)
      .max(1_073_741_824)
      .default(33_554_432)
      .describe('Bytes of responses that are cached in the process while there is no redis.host'),
    allowedHosts: z
      .array(hostPattern)
      .max(64)
      .default(['*'])
      .describe('Hosts that requests may name, against DNS rebinding; others get 421, * stands for any'),
    requestMetrics: z
      .boolean()
      .default(true)
      .describe('Whether /metrics counts and times HTTP requests and handshakes by route'),
    processTime: z.boolean().default(true).describe('Whether X-Process-Time tells the seconds it took'),
    securityHeaders: z
      .boolean()
      .default(true)
      .describe('Whether headers tell browsers what they may do with a response'),
    contentSecurityPolicy: z
      .string()
      .max(4_096)
      .regex(/^[\x20-\x7e]+$/, 'Must be printable ASCII in one line')
      .default(CONTENT_SECURITY_POLICY)
      .describe('Content-Security-Policy of responses that have none of their own'),
    hstsSeconds: z
      .int()
      .min(0)
      .max(63_072_000)
      .default(0)
      .describe('Seconds that browsers come by HTTPS only (HSTS); 0 leaves it to them'),
    docs: z
      .boolean()
      .default(true)
      .describe('Whether /docs, /openapi.json and /asyncapi.json describe the interface'),
    static: z
      .strictObject({
        directory: z.string().max(4_096).optional().describe('Directory of files to serve; none when unset'),
        prefix: path('Must begin and end with /').default('/static/').describe('Path they are served under'),
      })
      .prefault({})
      .describe('Files that are served as they are'),
  })
  .prefault({})
  .describe('The HTTP side');

const url = z
  .string()
  .max(2_048)
  .regex(/^https?:\/\/[^\s]+$/, 'Must be an http or https URL');

/** What the application is called in its documents. */
export const app = {
  name: z.string().min(1).max(128).default('Tidegate').describe('Name of the application in its documents'),
  environment: z
    .enum(['production', 'development'])
    .default('production')
    .describe('Where it runs; in development keys may be weak'),
  version: z
    .string()
    .max(128)
    .regex(
      /^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/,
      'Must be a version by SemVer, for example 1.4.0',
    )
    .optional()
    .describe('Its version (SemVer); that of Tidegate by default'),
  contact: z
    .strictObject({
      name: z.string().min(1).max(128).optional().describe('Whom to ask'),
      url: url.optional().describe('Where to ask'),
      email: z
        .string()
        .max(254)
        .regex(/^[^@\s]+@[^@\s]+$/, 'Must be an e-mail address')
        .optional()
        .describe('Address to write to'),
    })
    .prefault({})
    .describe('Who answers questions about it'),
  license: z
    .strictObject({
      name: z.string().min(1).max(128).optional().describe('Name of the licence'),
      url: url.optional().describe('Its text'),
    })
    .prefault({})
    .describe('The licence of its interface'),
};

const header = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'Must be the name of a header');

/** What `cors` says beside origins and credentials. */
export const preflight = {
  methods: z
    .array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']))
    .max(6)
    .default(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
    .describe('Methods that pages of other origins may use'),
  headers: z
    .array(header)
    .max(64)
    .default(['Authorization', 'Content-Type', 'X-Request-Id'])
    .describe('Request headers that pages of other origins may set'),
  exposedHeaders: z
    .array(header)
    .max(64)
    .default(['X-Request-Id', 'Retry-After'])
    .describe('Response headers that pages of other origins may read'),
  maxAgeSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(600)
    .describe('Seconds that a browser need not ask again what it may do'),
};
