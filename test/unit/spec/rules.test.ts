import { describe, expect, it } from 'vitest';
import { crd, ERRORS, type ErrorCode, parse, SpecError } from '../../../src/spec/index.ts';
import { combinationRules } from '../../../src/spec/rules/index.ts';
import { environment } from '../environment.ts';
import { SAFE_SPECS, UNSAFE_SPECS } from '../unsafe-specs.ts';

function problems(input: unknown) {
  try {
    parse(input);
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
  return [];
}

describe('GIVEN an unsafe combination', () => {
  it.each(UNSAFE_SPECS)('WHEN a spec has %s THEN it is refused, with a remedy', (_, document, expected) => {
    const found = problems(document);
    expect(found.map(({ code, path }) => `${code} ${path}`)).toEqual(expected);
    expect(found.map(({ remedy }) => remedy)).toEqual(
      found.map(({ code }) => ERRORS[code as ErrorCode].remedy),
    );
  });

  it.each(SAFE_SPECS)('WHEN a spec has what is next to %s THEN it is right', (_, spec) => {
    expect(problems(environment(spec))).toEqual([]);
  });
});

describe('GIVEN the rules', () => {
  it('WHEN they are counted THEN each has a document that breaks it, and 40 or more are in the schema', () => {
    const broken = new Set(UNSAFE_SPECS.flatMap(([, , codes]) => codes.map((code) => code.split(' ')[0])));
    expect(new Set(combinationRules.map(({ code }) => code))).toEqual(broken);

    const codes = JSON.stringify(crd()).match(/"message":"TG\d{4}/g) ?? [];
    expect(new Set(codes).size).toBeGreaterThanOrEqual(40);
  });
});
