/** How a client may prove who it is, in the words of each kind of document. */
export const SECURITY_SCHEMES = {
  openApi: {
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    token: { type: 'apiKey', in: 'query', name: 'token' },
    apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  },
  asyncApi: {
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    token: { type: 'httpApiKey', in: 'query', name: 'token' },
    apiKey: { type: 'httpApiKey', in: 'header', name: 'X-API-Key' },
  },
} as const;

const NAMES = Object.keys(SECURITY_SCHEMES.openApi);

/** Any one of them is enough; for the server API it is the key. */
export const SECURITY = {
  api: [{ apiKey: [] }],
  openApi: NAMES.map((name) => ({ [name]: [] })),
  asyncApi: NAMES.map((name) => ({ $ref: `#/components/securitySchemes/${name}` })),
};
