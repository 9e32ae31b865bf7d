import { z } from 'zod';
import type { EndpointOptions } from '../app/endpoint.ts';
import { type ApiInfo, infoOf } from './api-info.ts';
import { SECURITY, SECURITY_SCHEMES } from './security-schemes.ts';

/** What the document tells of an endpoint. */
export interface DescribedEndpoint {
  readonly pattern: { readonly text: string };
  readonly options: EndpointOptions;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The AsyncAPI 3.0 document of the WebSocket endpoints: a channel each, with its parameters, its query, and the messages
 * that the server receives and sends.
 */
export function asyncApi(endpoints: readonly DescribedEndpoint[], info: ApiInfo): Json {
  const named = endpoints.map((endpoint) => ({ ...endpoint, name: nameOf(endpoint.pattern.text) }));
  const secured = named.some(({ options }) => options.auth === 'required');
  return {
    asyncapi: '3.0.0',
    info: infoOf(info),
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      named.map(({ name, pattern, options }) => [name, channel(pattern.text, options)]),
    ),
    operations: Object.fromEntries(named.flatMap(({ name, options }) => operations(name, options))),
    ...(secured && { components: { securitySchemes: SECURITY_SCHEMES.asyncApi } }),
  };
}

function channel(pattern: string, { params, query, headers, messages }: EndpointOptions): Json {
  const names = [...pattern.matchAll(/:([^/]+)/g)].map(([, name = '']) => name);
  const described = (params && (schemaOf(params).properties as Record<string, Json>)) ?? {};
  const parameters = Object.fromEntries(
    names.map((name) => [
      name,
      { description: String(described[name]?.description ?? 'One segment of the path') },
    ]),
  );
  return {
    address: pattern.replace(/:([^/]+)/g, '{$1}'),
    ...(messages?.summary && { description: messages.summary }),
    ...(names.length > 0 && { parameters }),
    messages: { received: message(messages?.receives), sent: message(messages?.sends) },
    bindings: {
      ws: {
        method: 'GET',
        ...(query && { query: schemaOf(query) }),
        ...(headers && { headers: schemaOf(headers) }),
        bindingVersion: '0.1.0',
      },
    },
  };
}

function operations(name: string, { auth, messages }: EndpointOptions): [string, Json][] {
  const operation = (action: 'receive' | 'send', part: 'received' | 'sent'): Json => ({
    action,
    channel: { $ref: `#/channels/${name}` },
    ...(messages?.summary && { summary: messages.summary }),
    messages: [{ $ref: `#/channels/${name}/messages/${part}` }],
    ...(auth === 'required' && { security: SECURITY.asyncApi }),
  });
  return [
    [`${name}_receive`, operation('receive', 'received')],
    [`${name}_send`, operation('send', 'sent')],
  ];
}

function message(schema: z.ZodType | undefined): Json {
  return schema === undefined ? { summary: 'Any message' } : { payload: schemaOf(schema) };
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-07',
    unrepresentable: 'any',
  });
  return json;
}

/** `/chat/:room` is `chat_room`. */
function nameOf(pattern: string): string {
  return pattern.replace(/^\//, '').replace(/[^A-Za-z0-9]+/g, '_') || 'root';
}
