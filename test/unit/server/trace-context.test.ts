import { describe, expect, it } from 'vitest';
import { traceOf } from '../../../src/server/observability/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${SPAN}-01`;
const NEW = { flags: '00', tracestate: undefined, traceId: expect.not.stringMatching(TRACE) };

const state = (tracestate: string) => traceOf({ traceparent: PARENT, tracestate }).tracestate;

describe('GIVEN a caller with a trace', () => {
  it('WHEN it is taken up THEN the span is a new one, and that is what is passed on', () => {
    const trace = traceOf({ traceparent: PARENT, tracestate: 'vendor=one, other@tenant=two' });
    expect(trace).toEqual({
      traceId: TRACE,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      flags: '01',
      traceparent: `00-${TRACE}-${trace.spanId}-01`,
      tracestate: 'vendor=one,other@tenant=two',
    });
    expect(trace.spanId).not.toBe(SPAN);
  });

  it.each([
    ['of a later version', `cc-${TRACE}-${SPAN}-01`, '01'],
    ['of a later version with more to say', `cc-${TRACE}-${SPAN}-01-what-the-future-holds`, '01'],
    ['with flags that nobody knows yet', `00-${TRACE}-${SPAN}-ff`, '03'],
    ['that is not recorded', `00-${TRACE}-${SPAN}-00`, '00'],
  ])('WHEN it is one %s THEN it is taken up', (_, traceparent, flags) => {
    expect(traceOf({ traceparent })).toMatchObject({ traceId: TRACE, flags });
  });

  it.each([
    ['of the version that is none', `ff-${TRACE}-${SPAN}-01`],
    ['of the first version with more to say', `${PARENT}-more`],
    ['of the first version with a dash at its end', `${PARENT}-`],
    ['of a later version without a dash', `cc-${TRACE}-${SPAN}-01.more`],
    ['without an id', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['without a span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['in capitals', PARENT.toUpperCase()],
    ['with an id that is too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['with white space', ` ${PARENT}`],
    ['given twice', `${PARENT}, ${PARENT}`],
    ['of other characters', `00-${TRACE.replace('4', 'g')}-${SPAN}-01`],
  ])('WHEN it is one %s THEN a new one begins, without its state', (_, traceparent) => {
    expect(traceOf({ traceparent, tracestate: 'vendor=one' })).toMatchObject(NEW);
  });

  it.each([
    ['empty members', 'a=1, ,b=2,', 'a=1,b=2'],
    ['spaces and tabs around', ' a=1\t,\tb=2 ', 'a=1,b=2'],
    ['spaces within', 'a=1 2', 'a=1 2'],
    [
      '32 members',
      Array.from({ length: 32 }, (_, n) => `k${n}=v`).join(','),
      expect.stringMatching(/k31=v$/),
    ],
    ['33 members', Array.from({ length: 33 }, (_, n) => `k${n}=v`).join(','), undefined],
    ['a key in capitals', 'A=1', undefined],
    ['no value', 'a=', undefined],
    ['an equals sign within', 'a=1=2', undefined],
    ['a key that is too long', `${'k'.repeat(257)}=1`, undefined],
    ['a value that is too long', `a=${'v'.repeat(257)}`, undefined],
    ['two tenants', 'a@b@c=1', undefined],
    ['nothing', '', undefined],
  ])('WHEN its state has %s THEN it is passed on if that is its form', (_, given, expected) => {
    expect(state(given)).toEqual(expected);
  });
});

describe('GIVEN a caller without a trace', () => {
  it('WHEN one is asked for THEN it is new, and says that nobody records it', () => {
    const [one, two] = [traceOf({ tracestate: 'vendor=one' }), traceOf({})];
    expect(one).toMatchObject({ ...NEW, traceparent: `00-${one.traceId}-${one.spanId}-00` });
    expect(one.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(one.traceId).not.toBe(two.traceId);
  });
});
