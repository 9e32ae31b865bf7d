import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { crd } from '../../../src/spec/index.ts';
import { breakingChanges, type Schema } from './breaking-changes.ts';

interface Definition {
  readonly spec: {
    readonly scope: string;
    readonly names: object;
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

const field = { type: 'string', maxLength: 10, minLength: 2, enum: ['a', 'b'], default: 'a' };
const schema = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties: { ...properties, list: { type: 'array', maxItems: 4, items: { type: 'integer', minimum: 1 } } },
  ...more,
});
const changes = (now: Schema) => breakingChanges(schema({ field }), now);

describe('GIVEN a schema of an earlier version', () => {
  it.each<[string, Schema]>([
    ['nothing', schema({ field })],
    ['a field more', schema({ field, later: { type: 'string', default: 'x' } })],
    ['wider bounds', schema({ field: { ...field, maxLength: 20, minLength: 1 } })],
    ['another case', schema({ field: { ...field, enum: ['a', 'b', 'c'] } })],
    ['no cases', schema({ field: { type: 'string', default: 'a' } })],
    ['another description', schema({ field: { ...field, description: 'Else' } })],
    [
      'a rule of a new field',
      schema(
        { field, later: { type: 'integer' } },
        { 'x-kubernetes-validations': [{ rule: "!has(self.later) || self.field == 'a'" }] },
      ),
    ],
  ])('WHEN it has %s THEN nothing breaks', (_, now) => {
    expect(changes(now)).toEqual([]);
  });

  it.each<[string, Schema, string]>([
    ['a field less', schema({}), 'field is gone'],
    ['another type', schema({ field: { ...field, type: 'integer' } }), 'field: type is another one'],
    ['a lower ceiling', schema({ field: { ...field, maxLength: 9 } }), 'field: maxLength is lower'],
    ['a higher floor', schema({ field: { ...field, minLength: 3 } }), 'field: minLength is higher'],
    ['a new ceiling', schema({ field: { ...field, maximum: 3 } }), 'field: maximum is lower'],
    ['a new floor', schema({ field: { ...field, minimum: 0 } }), 'field: minimum is higher'],
    ['a case less', schema({ field: { ...field, enum: ['a'] } }), 'field: "b" is refused'],
    ['a new pattern', schema({ field: { ...field, pattern: 'a' } }), 'field: pattern is another one'],
    [
      'other alternatives',
      schema({ field: { ...field, anyOf: [{ pattern: 'a' }] } }),
      'field: anyOf is another one',
    ],
    ['another default', schema({ field: { ...field, default: 'b' } }), 'field: default is another one'],
    ['a field that is required', schema({ field }, { required: ['field'] }), 'field is required'],
    [
      'a rule of fields that were there',
      schema({ field }, { 'x-kubernetes-validations': [{ rule: "self.field == 'a'" }] }),
      ": refuses by self.field == 'a'",
    ],
    [
      'items of another bound',
      {
        ...schema({ field }),
        properties: { field, list: { type: 'array', maxItems: 4, items: { type: 'integer', minimum: 2 } } },
      },
      'list.*: minimum is higher',
    ],
  ])('WHEN it has %s THEN that is told', (_, now, change) => {
    expect(changes(now)).toEqual([change]);
  });
});

const FOLDER = join(import.meta.dirname, 'crds');
/** The bundled image is written down in an environment when it is created. */
const VERSIONED = ['spec.server.image'];

describe('GIVEN the custom resources of an earlier release', () => {
  it.each(readdirSync(FOLDER))('WHEN they are compared with %s THEN every change is compatible', (file) => {
    const before = parseYaml(readFileSync(join(FOLDER, file), 'utf8')) as Definition;
    const now = crd() as unknown as Definition;
    expect([now.spec.scope, now.spec.names]).toEqual([before.spec.scope, before.spec.names]);
    for (const { name, served, schema: old } of before.spec.versions) {
      const version = now.spec.versions.find((one) => one.name === name);
      expect(version?.served).toBe(served);
      const { openAPIV3Schema = {} } = version?.schema ?? {};
      expect(breakingChanges(old.openAPIV3Schema, openAPIV3Schema, VERSIONED)).toEqual([]);
    }
  });
});
