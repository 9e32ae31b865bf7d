import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Settings } from '../../spec/settings.ts';
import { ErrorBody } from '../app/http-error.ts';
import { infoOf } from './api-info.ts';
import { asyncApi, type DescribedEndpoint } from './async-api.ts';
import type { HttpServer } from './fastify.ts';
import { SECURITY, SECURITY_SCHEMES } from './security-schemes.ts';

/** Nothing but the page's own files; the styles that it computes are attributes. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** All errors have one form, whatever went wrong. */
const ERRORS = {
  description: 'What is wrong with the request',
  content: {
    'application/json': {
      schema: z.toJSONSchema(ErrorBody, { target: 'draft-2020-12', unrepresentable: 'any' }),
    },
  },
};

/** `/openapi.json` for the HTTP routes, `/asyncapi.json` for the WebSocket endpoints, and `/docs` to read the former. */
export function documents(
  http: HttpServer,
  { app, http: { docs } }: Settings,
  endpoints: readonly DescribedEndpoint[],
): void {
  if (!docs) return;
  // Called rather than registered, so that it sees the routes that are put on the application right after it is made.
  swagger(
    http,
    {
      openapi: {
        openapi: '3.1.0',
        info: infoOf(app),
        components: { securitySchemes: SECURITY_SCHEMES.openApi },
      },
      transform: (route) => {
        const { schema, url } = jsonSchemaTransform(route);
        const { auth } = route.route.config ?? {};
        const security = auth === 'required' ? SECURITY.openApi : auth === 'api' ? SECURITY.api : undefined;
        const response = { ...(schema?.response ?? { 200: { description: 'Success' } }), '4XX': ERRORS };
        return {
          schema: { ...schema, response, ...(security && { security }) },
          url,
        };
      },
      transformObject: jsonSchemaTransformObject,
    },
    () => {},
  );
  // The page asks for it to be registered; this one is never read.
  http.register(swagger, { decorator: 'registered' });
  http.register(swaggerUi, { routePrefix: '/docs', staticCSP: PAGE_POLICY });
  http.get('/openapi.json', { schema: { hide: true } }, async () => http.swagger());
  http.get('/asyncapi.json', { schema: { hide: true } }, async () => asyncApi(endpoints, app));
}
