import { durationMs } from './duration.ts';
import { type Credentials, nextCredential } from './secret-data.ts';
import type { GeneratedRequirement, SecretRole } from './secret-requirements.ts';
import { DEFAULT_OVERLAP, PROPAGATION_MS, type Rotation } from './secrets.ts';

/**
 * Where a rotation is: nowhere; with a new credential that everybody is to accept before anybody uses it; or with the new one
 * in use, and the one before it still accepted.
 */
export const ROTATION_PHASES = ['Settled', 'Prepared', 'Switched'] as const;
export type RotationPhase = (typeof ROTATION_PHASES)[number];

export interface RotationState {
  readonly phase: RotationPhase;
  /** When it came to be in that phase, in milliseconds since 1970. */
  readonly since: number;
  /** When the last rotation began; before any, when the credential was made. */
  readonly began: number;
  /** The request that was answered last; empty before any. */
  readonly request: string;
}

/** The next phase of a rotation and when it is due; undefined when nothing is planned. */
export interface NextPhase {
  readonly phase: RotationPhase;
  /** In milliseconds since 1970; one that is not in the future is due. */
  readonly at: number;
}

/** Annotation of an environment: each new value of it asks for a rotation of all credentials that may rotate. */
export const ROTATE = 'tidegate.dev/rotate';

/** The same for one credential. */
export function rotateAnnotation(role: SecretRole): string {
  return `${ROTATE}-${role}`;
}

/** What the annotations of an environment ask for one credential; empty when nothing. */
export function rotationRequest(annotations: Readonly<Record<string, string>>, role: SecretRole): string {
  const asked = [annotations[ROTATE], annotations[rotateAnnotation(role)]];
  return asked.filter((value) => value !== undefined && value !== '').join(' ');
}

/**
 * What comes next. A request that comes while a rotation is under way begins another one after it.
 *
 * @param request what is asked for now, as `rotationRequest` reads it
 */
export function nextPhase(
  { phase, since, began, request: answered }: RotationState,
  { every, overlap }: Rotation,
  request: string,
): NextPhase | undefined {
  if (phase === 'Prepared') return { phase: 'Switched', at: since + PROPAGATION_MS };
  if (phase === 'Switched') return { phase: 'Settled', at: since + durationMs(overlap) };
  if (request !== '' && request !== answered) return { phase: 'Prepared', at: since };
  if (every === undefined) return undefined;
  // One that took long, since pods were not all new, is followed by the next at once.
  return { phase: 'Prepared', at: Math.max(since, began + durationMs(every)) };
}

/**
 * How a rotation ends that the spec does not have any more: what nobody uses yet is dropped, and what was used has the overlap of
 * the default, since whoever has it may not know.
 */
export function lastPhase({ phase, since }: RotationState): NextPhase | undefined {
  if (phase === 'Settled') return undefined;
  return { phase: 'Settled', at: phase === 'Prepared' ? since : since + durationMs(DEFAULT_OVERLAP) };
}

/** The credentials as they are in the phase that begins. */
export function enterPhase(
  phase: RotationPhase,
  requirement: GeneratedRequirement,
  credentials: Credentials,
): Credentials {
  const { current, next } = credentials;
  if (phase === 'Prepared') return { current, next: nextCredential(requirement, credentials) };
  if (phase === 'Settled') return { current };
  if (next === undefined) throw new Error(`There is no next credential for ${requirement.role}`);
  return { current: next, previous: current };
}
