import { ERRORS, isLate, TidegateError } from '../spec/index.ts';
import { documentSchema, type FieldSchema, typeOf } from './field-schema.ts';
import { nearest } from './nearest.ts';

/** A rule beyond the field's type. */
export interface ExplainedRule {
  readonly code: string;
  /** Why a value that breaks it is refused. */
  readonly refusal: string;
}

/** A field as `tidegate explain` tells of it. */
export interface ExplainedField {
  readonly path: string;
  readonly type: string;
  readonly description: string;
  readonly required: boolean;
  readonly default?: unknown;
  /** Regular expression that a text must match. */
  readonly pattern?: string;
  readonly maxLength?: number;
  /** Whether it may be an output of another resource in Pulumi. */
  readonly late: boolean;
  readonly rules: readonly ExplainedRule[];
  readonly fields: readonly ExplainedField[];
}

/** Any name in a map, for example in `spec.config`. */
const ANY_NAME = '<name>';

/**
 * Looks a field up in the schema of the CRD.
 *
 * @param path for example `spec.autoscaling.min`, `autoscaling.min`, or nothing for the whole document
 * @throws TidegateError TG6001 with the nearest fields when there is none of that path
 */
export function explainField(path: string): ExplainedField {
  const document = explained('', documentSchema(), false, []);
  const names = path
    .replaceAll(/\[\w*\]/g, '')
    .split('.')
    .filter((name) => name !== '');
  const found = descend(document, names) ?? descend(document, ['spec', ...names]);
  if (found !== undefined) return found;
  const known = [...walk(document)].map((field) => field.path);
  const near = nearest(path, known, 3);
  const others = near.length > 0 ? near : nearest(`spec.${path}`, known, 3);
  throw TidegateError.of(
    'TG6001',
    path,
    'The schema has no such field',
    others.length === 0 ? ERRORS.TG6001.remedy : `The nearest are ${others.join(', ')}`,
  );
}

/** A field and all beneath it, each before its own. */
export function* walk(field: ExplainedField): Generator<ExplainedField> {
  yield field;
  for (const child of field.fields) yield* walk(child);
}

function descend(field: ExplainedField, names: readonly string[]): ExplainedField | undefined {
  const [name, ...rest] = names;
  if (name === undefined) return field;
  const child = field.fields.find((one) => [name, ANY_NAME].includes(lastName(one.path)));
  return child === undefined ? undefined : descend(child, rest);
}

/** Last name of a path. */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** Rules with the absolute path of what they stand on, handed down so that each is told there as well. */
type PlacedRule = ExplainedRule & { readonly at: string };

function explained(
  path: string,
  schema: FieldSchema,
  required: boolean,
  inherited: readonly PlacedRule[],
): ExplainedField {
  const own = (schema['x-kubernetes-validations'] ?? []).map(({ message, fieldPath = '' }) => {
    const [, code = '', refusal = ''] = /^(TG\d+): (.*)$/s.exec(message) ?? [];
    return { code, refusal, at: `${path}${fieldPath}` };
  });
  const rules = [...own, ...inherited.filter(({ at }) => at === path)];
  const handed = [...own, ...inherited];
  const child = (name: string, field: FieldSchema) =>
    explained(
      path === '' ? name : `${path}.${name}`,
      field,
      schema.required?.includes(name) === true,
      handed,
    );
  // The fields of what a list or a map holds are told as those of the list or the map.
  const inner = schema.items ?? schema;
  return {
    path,
    type: typeOf(schema).replaceAll('`', ''),
    description: schema.description ?? '',
    required,
    ...(schema.default === undefined ? {} : { default: schema.default }),
    ...(schema.pattern === undefined ? {} : { pattern: schema.pattern }),
    ...(schema.maxLength === undefined ? {} : { maxLength: schema.maxLength }),
    late: isLate(path.split('.')),
    rules: rules.map(({ code, refusal }) => ({ code, refusal })),
    fields: [
      ...Object.entries(inner.properties ?? {}).map(([name, field]) => child(name, field)),
      ...(schema.additionalProperties === undefined ? [] : [child(ANY_NAME, schema.additionalProperties)]),
    ],
  };
}
