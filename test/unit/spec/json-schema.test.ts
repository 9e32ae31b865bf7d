import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { jsonSchema } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

const valid = new Ajv({ strict: false }).compile(jsonSchema());

describe('GIVEN the JSON schema of editors', () => {
  it.each(readdirSync('environments'))(
    'WHEN %s is checked THEN it is valid, and names the schema',
    (name) => {
      const text = readFileSync(`environments/${name}`, 'utf8');
      expect(valid(parseYaml(text))).toBe(true);
      expect(text).toContain(
        '# yaml-language-server: $schema=../manifests/schema/realtimeenvironment.json\n',
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
