import type { Condition, RotationPhase } from '../../spec/index.ts';
import type { Finding } from './conditions.ts';
import type { EventNote } from './event-recorder.ts';
import type { RotationReport } from './rotations.ts';

/** The condition about rotations; nothing of an environment in which none ever was. */
export function rotationFindings(
  reports: readonly RotationReport[],
  before: readonly Condition[],
): readonly Finding[] {
  if (reports.length === 0) {
    if (!before.some(({ type }) => type === 'Rotating')) return [];
    return [{ type: 'Rotating', status: 'False', reason: 'NoRotation', message: 'No credential rotates' }];
  }
  const held = reports.some((report) => report.held !== undefined);
  const underWay = reports.find(({ phase }) => phase !== 'Settled');
  return [
    {
      type: 'Rotating',
      status: held || underWay !== undefined ? 'True' : 'False',
      reason: held ? 'Held' : (underWay?.phase ?? 'Settled'),
      message: reports.map((report) => `${report.role}: ${sentence(report)}`).join('; '),
    },
  ];
}

function sentence({ phase, next, held }: RotationReport): string {
  const at = next === undefined ? '' : new Date(next.at).toISOString();
  if (held !== undefined) return `waits, since ${held}`;
  if (phase === 'Prepared') return `a new credential is accepted, and is used from ${at}`;
  if (phase === 'Switched') return `the one before the one in use is accepted until ${at}`;
  return next === undefined ? 'rotates when it is asked for' : `rotates next at ${at}`;
}

const NOTES: Readonly<Record<RotationPhase, (what: string) => string>> = {
  Prepared: (what) => `Added a new credential to ${what}, which is accepted and not used yet`,
  Switched: (what) => `Put the new credential of ${what} into use`,
  Settled: (what) => `Withdrew the credential of ${what} that was in use before`,
};

/** Events about phases that have begun. */
export function newsOfRotations(reports: readonly RotationReport[]): readonly EventNote[] {
  return reports
    .filter(({ entered }) => entered)
    .map(({ phase, name }) => ({
      type: 'Normal',
      reason: `Rotation${phase}`,
      action: 'Rotate',
      note: NOTES[phase](`Secret ${name}`),
    }));
}
