import { kubernetesYaml } from '../../delivery/kubernetes-yaml.ts';
import type { EnvironmentInput } from '../../spec/index.ts';
import { documentSchema, type FieldSchema } from '../field-schema.ts';

/** Fields that a first spec shows with their defaults, for whoever wants others. */
const OFFERED: readonly (readonly [section: string, fields: readonly string[]])[] = [
  ['autoscaling', ['min', 'max', 'connectionsPerReplica']],
  ['drain', ['reconnectsPerSecond']],
  ['retention', []],
];

const HEAD = [
  '# A realtime environment. `tidegate explain FIELD` tells of every field there is.',
  '# Lines such as `# min: 2` show the default; take the # away to change it.',
];

/** A document as YAML in which every field carries its meaning, word for word that of the schema. */
export function commentedSpec({ apiVersion, kind, metadata, spec }: EnvironmentInput): string {
  const schema = documentSchema().properties?.spec ?? {};
  const { name, namespace } = metadata;
  const offered = OFFERED.filter(([section]) => !Object.hasOwn(spec, section));
  return [
    ...HEAD,
    ...kubernetesYaml({ apiVersion, kind, metadata: { name, namespace } }).trimEnd().split('\n'),
    'spec:',
    ...given(spec, schema).map(indented),
    ...offered.flatMap(([section, fields]) => ['', ...offer(section, fields, schema)]).map(indented),
    '',
  ].join('\n');
}

function given(value: object, schema: FieldSchema): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const field = schema.properties?.[name] ?? {};
    return [...comment(field), ...entry(name, inner, field)];
  });
}

function entry(name: string, value: unknown, field: FieldSchema): readonly string[] {
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    return [`${name}:`, ...given(value, field).map(indented)];
  }
  return kubernetesYaml({ [name]: value })
    .trimEnd()
    .split('\n');
}

function offer(section: string, fields: readonly string[], schema: FieldSchema): readonly string[] {
  const field = schema.properties?.[section] ?? {};
  const defaults = fields.map((name) => [name, field.properties?.[name]?.default] as const);
  const value = fields.length === 0 ? field.default : Object.fromEntries(defaults);
  return [...comment(field), ...entry(section, value, field).map((line) => `# ${line}`)];
}

function comment({ description }: FieldSchema): readonly string[] {
  return description === undefined ? [] : [`# ${description}`];
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`;
}
