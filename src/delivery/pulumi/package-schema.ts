import { jsonSchema, VERSION } from '../../spec/index.ts';

/** Type of the component in every language. */
export const COMPONENT = 'tidegate:index:RealtimeEnvironment';

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly 'x-tidegate-late'?: boolean;
}

type Json = Record<string, unknown>;

/**
 * Schema of the Pulumi package, from which the SDKs of other languages are made. A field that cannot be an output is `plain`,
 * so that their compilers refuse one.
 *
 * @see https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
 */
export function packageSchema(): Json {
  const { properties: { metadata = {}, spec = {} } = {} } = jsonSchema() as JsonSchema;
  const types: Json = {};
  return {
    name: 'tidegate',
    displayName: 'Tidegate',
    version: VERSION,
    description: 'Realtime (WebSocket) environments on Kubernetes',
    keywords: ['pulumi', 'kubernetes', 'websocket', 'category/infrastructure', 'kind/component'],
    language: { nodejs: { respectSchemaVersion: true }, python: { respectSchemaVersion: true } },
    resources: {
      [COMPONENT]: {
        isComponent: true,
        description: 'A realtime environment: every Kubernetes object of it is a child',
        inputProperties: {
          metadata: typeOf(metadata, 'Metadata', types),
          spec: typeOf(spec, 'Spec', types),
        },
        requiredInputs: ['metadata', 'spec'],
        properties: {
          url: { type: 'string', description: 'Where clients connect, for example wss://chat.example.com' },
          namespace: { type: 'string', description: 'Namespace of every object' },
        },
        required: ['url', 'namespace'],
      },
    },
    types,
  };
}

/** What a field may be; types of objects are added to those that there are. */
function typeOf(field: JsonSchema, name: string, types: Json): Json {
  const { description, properties, items, additionalProperties } = field;
  const plain = field['x-tidegate-late'] === true ? {} : { plain: true };
  const told = { ...(description !== undefined && { description }), ...plain };
  if (properties !== undefined) {
    const token = `tidegate:index:${name}`;
    types[token] = {
      type: 'object',
      ...(description !== undefined && { description }),
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, child]) => [
          key,
          typeOf(child, `${name}${capital(key)}`, types),
        ]),
      ),
      ...(field.required !== undefined && { required: field.required }),
    };
    return { $ref: `#/types/${token}`, ...told };
  }
  if (items !== undefined) return { type: 'array', items: typeOf(items, `${name}Item`, types), ...told };
  if (typeof additionalProperties === 'object') {
    return {
      type: 'object',
      additionalProperties: typeOf(additionalProperties, `${name}Value`, types),
      ...told,
    };
  }
  // A quantity may be text or a number; as text it may be both.
  const type = ['boolean', 'integer', 'number', 'string'].find((one) => one === field.type) ?? 'string';
  return { type, ...told };
}

function capital(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
