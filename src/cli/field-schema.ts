import { crd } from '../spec/index.ts';

/** What the CRD says of a field. */
export interface FieldSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly items?: FieldSchema;
  readonly additionalProperties?: FieldSchema;
  readonly 'x-kubernetes-validations'?: readonly {
    readonly message: string;
    readonly fieldPath?: string;
  }[];
}

/** The whole document, with `spec` and `status`. */
export function documentSchema(): FieldSchema {
  const definition = crd() as unknown as {
    spec: { versions: readonly [{ schema: { openAPIV3Schema: FieldSchema } }] };
  };
  return definition.spec.versions[0].schema.openAPIV3Schema;
}

/** Type of a field in words: with its range, its choices, or what its list or map is of. */
export function typeOf(field: FieldSchema): string {
  if (field.enum !== undefined) return field.enum.map((value) => `\`${value}\``).join(', ');
  if (field.type === undefined) return 'quantity';
  const range =
    field.minimum !== undefined || field.maximum !== undefined
      ? ` ${field.minimum ?? ''}–${field.maximum ?? ''}`
      : '';
  if (field.items !== undefined) return `list of ${typeOf(field.items)}`;
  if (field.additionalProperties !== undefined) return `map of ${typeOf(field.additionalProperties)}`;
  return `${field.type}${range}`;
}
