import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { goModule } from '../../cluster/tools/go-module.ts';

describe('GIVEN compose.yaml', () => {
  it('WHEN it is held against the schema of the Compose Specification THEN it fits', async () => {
    const composeGo = await goModule('github.com/compose-spec/compose-go/v2', 'v2.16.2');
    const schema = JSON.parse(readFileSync(join(composeGo, 'schema/compose-spec.json'), 'utf8'));
    // Its formats, such as `duration`, are words of Go.
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const fits = ajv.compile(schema);
    fits(parse(readFileSync('compose.yaml', 'utf8')));
    expect(fits.errors).toBe(null);
  });
});
