import fc from 'fast-check';

/** A structural schema, as far as values are made from it. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[];
}

/** What stands in place of the value that the schema alone would make, by dotted path; `*` is any key or item. */
export type Overrides = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/**
 * Values of the shape that a schema states: types, bounds, patterns, choices. Rules over several fields are not looked at.
 * Optional fields are mostly left out, the more so the deeper they are, so that most rules are kept by chance.
 */
export function arbitraryValue(schema: Schema, overrides: Overrides, path = ''): fc.Arbitrary<unknown> {
  const override = overrides[path];
  if (override !== undefined) return override;
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema['x-kubernetes-int-or-string']) return quantity;
  switch (schema.type) {
    case 'object': {
      const { properties, additionalProperties, required = [] } = schema;
      if (properties === undefined) {
        const value = arbitraryValue(additionalProperties ?? { type: 'string' }, overrides, at('*'));
        return fc.dictionary(variableName, value, { maxKeys: 3 });
      }
      const fields = Object.entries(properties).map(
        ([key, child]) => [key, arbitraryValue(child, overrides, at(key))] as const,
      );
      if (isChoice(schema)) return fc.oneof(...fields.map(([key, value]) => fc.record({ [key]: value })));
      const left = path.split('.').length;
      return fc
        .tuple(
          ...fields.map(([key, value]) =>
            required.includes(key)
              ? value
              : fc.oneof({ weight: left, arbitrary: fc.constant(ABSENT) }, { weight: 1, arbitrary: value }),
          ),
        )
        .map((values) =>
          Object.fromEntries(
            fields.map(([key], index) => [key, values[index]]).filter(([, value]) => value !== ABSENT),
          ),
        );
    }
    case 'array':
      return fc.array(arbitraryValue(schema.items ?? {}, overrides, at('*')), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, Math.max(schema.minItems ?? 0, 4)),
      });
    case 'integer':
    case 'number':
      return number(schema);
    case 'boolean':
      return fc.boolean();
    default:
      return text(schema);
  }
}

/** Stands for a field that is left out. */
const ABSENT = Symbol('absent');

export function isChoice(schema: Schema): boolean {
  return schema['x-kubernetes-validations']?.some(({ message }) => message.startsWith('TG1101')) ?? false;
}

/** Near the default or at a bound, where rules turn; now and then anywhere. */
function number({ type, minimum = 0, maximum = 1_000_000, default: usual }: Schema): fc.Arbitrary<number> {
  const near = typeof usual === 'number' ? usual : minimum;
  const clamp = (value: number) =>
    Math.min(maximum, Math.max(minimum, type === 'integer' ? Math.round(value) : value));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(0.5, 0.9, 1, 1, 1.1, 2).map((factor) => clamp(near * factor)) },
    { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) },
    { weight: 1, arbitrary: fc.integer({ min: Math.ceil(minimum), max: Math.floor(maximum) }) },
  );
}

function text({ pattern, minLength = 0, maxLength = 64, ...schema }: Schema): fc.Arbitrary<string> {
  const rules = schema['x-kubernetes-validations'] ?? [];
  if (rules.some(({ rule }) => rule.includes('isCIDR'))) return addressRange;
  const fits = (value: string) => value.length >= minLength && value.length <= maxLength;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: 'xsmall' }).filter(fits);
  return fc.string({ unit: 'grapheme-ascii', minLength, maxLength: Math.min(maxLength, minLength + 16) });
}

const variableName = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/);

const addressRange = fc.oneof(
  fc.ipV4(),
  fc.ipV6().filter((address) => !address.includes('.')),
  fc.tuple(fc.nat(255), fc.nat(32)).map(([octet, bits]) => `10.${octet}.0.0/${bits}`),
  fc.constant('2001:db8::/32'),
);

/** All within the order of magnitude of each other, in the forms that Kubernetes knows. */
const quantity = fc.constantFrom(
  1,
  2,
  '100m',
  '500m',
  '0.5',
  '1500m',
  '64Mi',
  '256Mi',
  '512Mi',
  '1Gi',
  '4Gi',
);
