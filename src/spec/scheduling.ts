import { z } from 'zod';
import { dnsName } from './field.ts';
import { labelKey, labels, labelValue } from './labels.ts';
import { mayBeLate } from './may-be-late.ts';
import { type Rule, withRules } from './rule.ts';

const toleration = z.strictObject({
  key: labelKey.optional().describe('Taint that is put up with; every one by default, which needs Exists'),
  operator: z.enum(['Equal', 'Exists']).default('Equal').describe('Whether the value of the taint matters'),
  value: labelValue.optional().describe('Value of the taint; empty by default'),
  effect: z
    .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
    .optional()
    .describe('Effect of the taint; any by default'),
  tolerationSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .optional()
    .describe('Seconds a pod stays after a NoExecute taint came; for ever by default'),
});

/** What the API server asks of a toleration; a pod template that breaks it is refused long after the spec was taken. */
const wholeToleration: Rule<z.output<typeof toleration>> = {
  code: 'TG1003',
  path: [],
  test: ({ key, operator, value, effect, tolerationSeconds }) =>
    (key !== undefined || operator === 'Exists') &&
    (operator !== 'Exists' || value === undefined) &&
    (tolerationSeconds === undefined || effect === 'NoExecute'),
  cel: "(has(self.key) || self.operator == 'Exists') && (self.operator != 'Exists' || !has(self.value)) && (!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute'))",
  reason:
    'Without a key the operator must be Exists, which takes no value; tolerationSeconds is for NoExecute alone',
};

const spread = z.strictObject({
  topologyKey: labelKey.describe(
    'Label of nodes that names where they are, such as topology.kubernetes.io/zone',
  ),
  maxSkew: z.int().min(1).max(100).default(1).describe('By how many pods places may differ'),
  whenUnsatisfiable: z
    .enum(['ScheduleAnyway', 'DoNotSchedule'])
    .default('ScheduleAnyway')
    .describe('Whether a pod that would break it waits'),
});

/**
 * Where the pods of the server may run.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
export const Scheduling = z.strictObject({
  nodeSelector: labels.optional().describe('Labels that a node must have'),
  tolerations: z
    .array(withRules(toleration, [wholeToleration]))
    .max(16)
    .optional()
    .describe('Taints of nodes that are put up with'),
  priorityClassName: mayBeLate(dnsName).optional().describe('PriorityClass of the pods'),
  topologySpread: z
    .array(spread)
    .max(8)
    .optional()
    .describe('How pods are spread; over zones and nodes, where possible, by default. Empty: not at all'),
});
export type Scheduling = z.output<typeof Scheduling>;
