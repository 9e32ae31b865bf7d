import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { jsonSchema, partJsonSchema } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

const ajv = new Ajv({ strict: false });
const valid = ajv.compile(jsonSchema());
const validPart = ajv.compile(partJsonSchema());

describe('GIVEN the JSON schema of editors', () => {
  it.each(readdirSync('environments'))(
    'WHEN %s is checked THEN it is valid, and names the schema',
    (name) => {
      const text = readFileSync(`environments/${name}`, 'utf8');
      expect(validPart(parseYaml(text))).toBe(true);
      expect(text).toContain(
        '# yaml-language-server: $schema=../manifests/schema/realtimeenvironment-part.json\n',
      );
    },
  );

  it.each([
    ['a misspelt field', { hots: 'a.example' }],
    ['a number as text', { autoscaling: { min: '2' } }],
    ['no host', { host: undefined }],
  ])('WHEN a document has %s THEN it is not', (_, spec) => {
    expect(valid(JSON.parse(JSON.stringify(environment(spec))))).toBe(false);
  });
});

describe('GIVEN the JSON schema of parts', () => {
  it.each<[string, unknown, boolean]>([
    ['nothing but its base', { extends: './base.yaml' }, true],
    ['null in place of a field', { extends: './base.yaml', spec: { route: { gateway: null } } }, true],
    ['a case without what it needs', { spec: { redis: { external: { tls: true } } } }, true],
    ['a misspelt field', { extends: './base.yaml', spec: { hots: 'a.example' } }, false],
    ['a number as text', { spec: { autoscaling: { min: '2' } } }, false],
    ['no path of a base', { extends: 7 }, false],
  ])('WHEN a document has %s THEN that is told', (_, document, expected) => {
    expect(validPart(document)).toBe(expected);
  });
});

describe('GIVEN a whole document', () => {
  it('WHEN it is checked THEN it is valid, and as a part as well', () => {
    const document = JSON.parse(JSON.stringify(environment()));
    expect(valid(document)).toBe(true);
    expect(validPart(document)).toBe(true);
  });
});
