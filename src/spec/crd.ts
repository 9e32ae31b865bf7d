import { z } from 'zod';
import { Environment } from './environment.ts';
import { LATE_KEYWORD } from './may-be-late.ts';
import { annotations, type RuleText } from './rule.ts';
import { EnvironmentStatus } from './status.ts';
import { API_GROUP, KIND, PLURAL } from './version.ts';

type Json = Record<string, unknown>;

/** The CustomResourceDefinition of RealtimeEnvironment, derived whole from the schema and its rules. */
export function crd(): Json {
  const { shape } = Environment;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${PLURAL}.${API_GROUP}`, labels: { 'app.kubernetes.io/part-of': 'tidegate' } },
    spec: {
      group: API_GROUP,
      scope: 'Namespaced',
      names: {
        kind: KIND,
        listKind: `${KIND}List`,
        plural: PLURAL,
        singular: KIND.toLowerCase(),
        shortNames: ['rte'],
      },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [
            column('Ready', '.status.conditions[?(@.type=="Ready")].status'),
            column('Reason', '.status.conditions[?(@.type=="Ready")].reason'),
            column('Asleep', '.status.conditions[?(@.type=="Hibernated")].status'),
            column('Replicas', '.status.replicas.ready', 'integer'),
            column('Host', '.spec.host'),
            column('Age', '.metadata.creationTimestamp', 'date'),
            { ...column('Message', '.status.conditions[?(@.type=="Ready")].message'), priority: 1 },
          ],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description:
                'A realtime server fleet with its stores, its route, its scaling and its credentials',
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object', properties: { name: metadataName() } },
                spec: { ...structural(shape.spec), description: 'What the environment is to be' },
                status: { ...structural(EnvironmentStatus), description: 'What the operator last saw' },
              },
            },
          },
        },
      ],
    },
  };
}

function column(name: string, jsonPath: string, type = 'string'): Json {
  return { name, type, jsonPath };
}

/** Kubernetes lets a CRD bound `metadata.name`; our bound keeps the names of the parts short enough. */
function metadataName(): Json {
  const { type, maxLength, pattern } = structural(Environment.shape.metadata.shape.name) as Json;
  return { type, maxLength, pattern };
}

const CHOICE = 'x-tidegate-choice';

/** A structural schema (OpenAPI v3 as CRDs allow it) of a zod schema. */
export function structural(schema: z.ZodType): Json {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    target: 'openapi-3.0',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // Marks for the loader of the server's settings, and for Pulumi; a structural schema has no such keywords.
      delete (jsonSchema as Json).file;
      delete (jsonSchema as Json).live;
      delete (jsonSchema as Json)[LATE_KEYWORD];
      const noted = zodSchema instanceof z.ZodType ? annotations.get(zodSchema) : undefined;
      if (noted === undefined) return;
      Object.assign(jsonSchema, {
        'x-kubernetes-validations': noted.rules.map(validation),
        ...(noted.choice ? { [CHOICE]: true } : {}),
      });
    },
  });
  return tidy(json as Json);
}

function validation(rule: RuleText): Json {
  const remedy = rule.remedy === undefined ? '' : `. ${rule.remedy}`;
  const path = rule.path.map((part) => `.${part}`).join('');
  return {
    rule: rule.cel,
    message: `${rule.code}: ${rule.reason}${remedy}`,
    ...(path === '' ? {} : { fieldPath: path }),
  };
}

/** Rewrites what JSON Schema says and a structural schema may not say. */
function tidy(json: Json): Json {
  const { additionalProperties, properties, items, anyOf, ...rest } = json;
  delete rest.$schema;
  const isChoice = rest[CHOICE] === true;
  delete rest[CHOICE];
  // A persisted default case would sit beside the case that a later server-side apply names.
  if (isChoice) delete rest.default;
  const result: Json = { ...rest };
  if (properties !== undefined) {
    result.properties = Object.fromEntries(
      Object.entries(properties as Json).map(([key, value]) => [key, tidy(value as Json)]),
    );
  }
  // The API server checks a default against the rules before it fills in the defaults within it.
  if (typeof result.default === 'object' && result.properties !== undefined) {
    result.default = { ...defaultsWithin(result.properties as Json), ...result.default };
  }
  if (items !== undefined) result.items = tidy(items as Json);
  if (typeof additionalProperties === 'object' && additionalProperties !== null) {
    result.additionalProperties = tidy(additionalProperties as Json);
    result.maxProperties = 128;
  }
  if (Array.isArray(anyOf)) return intOrString(result, anyOf as Json[]);
  if (result.type === 'array' && isConditionList(result)) {
    result['x-kubernetes-list-type'] = 'map';
    result['x-kubernetes-list-map-keys'] = ['type'];
  }
  return result;
}

function defaultsWithin(properties: Json): Json {
  const defaults = Object.entries(properties as Record<string, Json>).filter(([, { default: value }]) => {
    return value !== undefined;
  });
  return Object.fromEntries(defaults.map(([key, { default: value }]) => [key, value]));
}

/** The one union of the spec: a quantity, as text or as a plain number. */
function intOrString(rest: Json, cases: readonly Json[]): Json {
  const [text, number] = [
    cases.find((one) => one.type === 'string'),
    cases.find((one) => one.type === 'integer'),
  ];
  return {
    ...rest,
    'x-kubernetes-int-or-string': true,
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    pattern: text?.pattern,
    maxLength: text?.maxLength,
    minimum: number?.minimum,
  };
}

function isConditionList(json: Json): boolean {
  const item = json.items as { properties?: Json } | undefined;
  return item?.properties?.lastTransitionTime !== undefined;
}
