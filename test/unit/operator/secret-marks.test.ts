import { describe, expect, it } from 'vitest';
import { mayCopy, rotationMarks, rotationState } from '../../../src/operator/environment/secret-marks.ts';

describe('GIVEN who may copy a Secret', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['chat-prod', true],
    ['other, chat-prod/chat', true],
    ['chat-prod/talk', false],
    ['chat-prod/*', true],
    ['*', true],
    ['*/chat', true],
    ['chat-pro*', false],
    ['chat', false],
  ])('WHEN it says %j THEN chat in chat-prod may: %j', (consent, may) => {
    expect(mayCopy(consent, 'chat-prod', 'chat')).toBe(may);
  });
});

describe('GIVEN where a rotation is', () => {
  it('WHEN it is written down THEN it is read as the same', () => {
    const began = Date.parse('2026-11-30T20:00:00.000Z');
    const state = { phase: 'Switched', since: began + 600_000, began, request: 'asked' } as const;
    expect(rotationState({ name: 'a', annotations: rotationMarks(state) })).toEqual(state);
  });

  it('WHEN nothing is written down, or what nobody knows, THEN it is as old as the Secret', () => {
    const creationTimestamp = '2026-11-30T20:00:00Z';
    const annotations = { 'tidegate.dev/rotation-phase': 'Odd' };
    expect(rotationState({ name: 'a', creationTimestamp, annotations })).toEqual({
      phase: 'Settled',
      since: Date.parse(creationTimestamp),
      began: Date.parse(creationTimestamp),
      request: '',
    });
  });
});
