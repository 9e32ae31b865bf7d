import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  enterPhase,
  isRotated,
  lastPhase,
  newSecretData,
  nextPhase,
  parse,
  type RotatedRequirement,
  type RotationPhase,
  type RotationState,
  readCredentials,
  type SecretData,
  secretData,
  secretRequirements,
} from '../../../src/spec/index.ts';
import { PROPAGATION_MS } from '../../../src/spec/secrets.ts';
import { apiKeyEntry } from '../../../src/spec/settings/api-key.ts';
import { environment } from '../environment.ts';

const ROLES = ['redis', 'postgres', 'token', 'api'] as const;
const OVERLAP_MS = 3_600_000;
const rotate = { every: '2d', overlap: '1h' };
const requirements = secretRequirements(
  parse(environment({ secrets: Object.fromEntries(ROLES.map((role) => [role, { generated: { rotate } }])) })),
).filter(isRotated);

/** What who uses the credential presents, and what is accepted of that, out of what a Secret holds. */
function used({ role }: RotatedRequirement, data: SecretData): string {
  if (role === 'postgres') return data.login ?? '';
  return (role === 'redis' ? data.password : data.key) ?? '';
}
function accepts({ role }: RotatedRequirement, data: SecretData, credential: string): boolean {
  if (role === 'api') {
    return (
      data.entries?.split('\n').includes(apiKeyEntry({ name: 'generated', scope: 'api' }, credential)) ??
      false
    );
  }
  return data.accepted?.split('\n').includes(credential) ?? false;
}

function entered(phase: RotationPhase, requirement: RotatedRequirement, data: SecretData): SecretData {
  const before = readCredentials(requirement, data);
  if (before === undefined) throw new Error('No credential');
  return secretData(requirement, enterPhase(phase, requirement, before));
}

/** The clock moves on, somebody asks, or the operator looks. */
type Step = { readonly later: number } | { readonly asked: string } | 'look';
const event: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ later: fc.integer({ min: 1, max: 5_000 }).map((minutes) => minutes * 60_000) }),
  fc.record({ asked: fc.stringMatching(/^[a-c]$/) }),
  fc.constant('look' as const),
);

describe('GIVEN a rotation at any times, with any requests', () => {
  it('WHEN two readers see the Secret, each late by up to what a kubelet takes, THEN what one uses the other accepts', () => {
    const run = (requirement: RotatedRequirement, events: readonly Step[]) => {
      let now = 0;
      let state: RotationState = { phase: 'Settled', since: 0, began: 0, request: '' };
      let request = '';
      let data = newSecretData(requirement);
      const history = [{ at: 0, data }];
      for (const one of events) {
        if (typeof one === 'object' && 'later' in one) now += one.later;
        else if (typeof one === 'object') request = one.asked;
        else {
          const next = nextPhase(state, requirement.generated.rotate, request);
          if (next === undefined || next.at > now) continue;
          const { phase } = next;
          data = entered(phase, requirement, data);
          state = { ...(phase === 'Prepared' ? { began: now, request } : state), phase, since: now };
          history.push({ at: now, data });
        }
      }
      const seenAt = (moment: number) => history.filter(({ at }) => at <= moment);
      for (const { at } of history) {
        for (const moment of [at, at + PROPAGATION_MS - 1]) {
          const newest = seenAt(moment).at(-1)?.data ?? data;
          // The oldest that a kubelet may still have brought to a pod.
          const oldest = seenAt(Math.max(0, moment - PROPAGATION_MS)).at(-1)?.data ?? data;
          expect(accepts(requirement, newest, used(requirement, newest))).toBe(true);
          expect(accepts(requirement, oldest, used(requirement, newest))).toBe(true);
          expect(accepts(requirement, newest, used(requirement, oldest))).toBe(true);
        }
      }
    };
    fc.assert(fc.property(fc.constantFrom(...requirements), fc.array(event, { maxLength: 40 }), run), {
      numRuns: 300,
    });
  });

  it('WHEN a rotation has ended THEN one credential is there, of another value', () => {
    for (const requirement of requirements) {
      let data = newSecretData(requirement);
      const before = used(requirement, data);
      for (const phase of ['Prepared', 'Switched', 'Settled'] as const) {
        data = entered(phase, requirement, data);
      }
      expect(accepts(requirement, data, before)).toBe(false);
      expect(Object.keys(data).sort()).toEqual(Object.keys(newSecretData(requirement)).sort());
    }
  });

  it('WHEN it is under way THEN a request waits, and the overlap is as long as it says', () => {
    const asked = nextPhase({ phase: 'Switched', since: 5, began: 0, request: 'a' }, rotate, 'b');
    expect(asked).toEqual({ phase: 'Settled', at: 5 + OVERLAP_MS });
    const settled = { phase: 'Settled', since: 9, began: 0, request: 'a' } as const;
    expect(nextPhase(settled, rotate, 'b')).toEqual({ phase: 'Prepared', at: 9 });
    expect(nextPhase(settled, { overlap: '1h' }, 'a')).toBeUndefined();
  });

  it('WHEN the spec has none any more THEN what nobody uses is dropped, and what was used has the overlap of the default', () => {
    const state = { since: 5, began: 0, request: 'a' };
    expect(lastPhase({ ...state, phase: 'Prepared' })).toEqual({ phase: 'Settled', at: 5 });
    expect(lastPhase({ ...state, phase: 'Switched' })).toEqual({ phase: 'Settled', at: 5 + 24 * OVERLAP_MS });
    expect(lastPhase({ ...state, phase: 'Settled' })).toBeUndefined();
  });

  it('WHEN it rotates every so often THEN that is from the beginning of one to that of the next, however long it took', () => {
    const every = 2 * 86_400_000;
    const settled = { phase: 'Settled', since: OVERLAP_MS, began: 7, request: '' } as const;
    expect(nextPhase(settled, rotate, '')).toEqual({ phase: 'Prepared', at: every + 7 });
    const late = { ...settled, since: 2 * every };
    expect(nextPhase(late, rotate, '')).toEqual({ phase: 'Prepared', at: 2 * every });
  });
});

describe('GIVEN a Secret that holds no credential', () => {
  it('WHEN it is read THEN there is none: nothing is the hash of nothing', () => {
    for (const requirement of requirements) {
      expect(readCredentials(requirement, {})).toBeUndefined();
      expect(readCredentials(requirement, { [requirement.key]: '', key: '' })).toBeUndefined();
    }
  });
});

describe('GIVEN how a credential is to be generated', () => {
  it('WHEN it is THEN it has so many characters, out of these', () => {
    const [redis] = secretRequirements(
      parse(environment({ secrets: { redis: { generated: { length: 64, charset: 'hex' } } } })),
    );
    const data = newSecretData(redis as RotatedRequirement);
    expect(data).toEqual({ password: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });
});
