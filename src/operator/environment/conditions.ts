import { CONDITION_TYPES, type Condition, type ConditionType } from '../../spec/index.ts';

/** What one condition says now. */
export interface Finding {
  readonly type: ConditionType;
  readonly status: Condition['status'];
  /** One word for programs. */
  readonly reason: string;
  /** A sentence for people. */
  readonly message: string;
}

/** What is found of one part, before it is a condition. */
export type PartFinding = Omit<Finding, 'type'>;

const LONGEST_MESSAGE = 32_768;

/**
 * Conditions after findings: times stay where the status stays, conditions that nothing was found on stay as they are, and
 * those of others are kept.
 */
export function withFindings(
  before: readonly Condition[],
  findings: readonly Finding[],
  generation: number | undefined,
  now: Date,
): readonly Condition[] {
  const others = before.filter(({ type }) => !CONDITION_TYPES.includes(type as ConditionType));
  const ours = CONDITION_TYPES.flatMap((type): readonly Condition[] => {
    const previous = before.find((condition) => condition.type === type);
    const found = findings.find((finding) => finding.type === type);
    if (found === undefined) return previous === undefined ? [] : [previous];
    const kept = previous?.status === found.status ? previous.lastTransitionTime : undefined;
    return [
      {
        type,
        status: found.status,
        reason: found.reason,
        message: found.message.slice(0, LONGEST_MESSAGE),
        lastTransitionTime: kept ?? now.toISOString().replace(/\.\d+Z$/, 'Z'),
        ...(generation === undefined ? {} : { observedGeneration: generation }),
      },
    ];
  });
  return [...ours, ...others];
}
