import { describe, expect, it } from 'vitest';
import { DELIVERY_ERRORS } from '../../../src/spec/errors/delivery.ts';
import { DOCUMENT_ERRORS } from '../../../src/spec/errors/documents.ts';
import { EXTENSION_ERRORS } from '../../../src/spec/errors/extension.ts';
import { RULE_ERRORS } from '../../../src/spec/errors/rules.ts';
import { SERVER_ERRORS } from '../../../src/spec/errors/server.ts';
import { UPKEEP_ERRORS } from '../../../src/spec/errors/upkeep.ts';
import { ERRORS } from '../../../src/spec/index.ts';

const TABLES = [
  DOCUMENT_ERRORS,
  RULE_ERRORS,
  EXTENSION_ERRORS,
  UPKEEP_ERRORS,
  SERVER_ERRORS,
  DELIVERY_ERRORS,
];

describe('GIVEN the tables of errors', () => {
  it('WHEN they are put together THEN no code is in two of them, and none is left out', () => {
    const codes = TABLES.flatMap((table) => Object.keys(table));
    expect(codes.sort()).toEqual(Object.keys(ERRORS).sort());
  });
});
