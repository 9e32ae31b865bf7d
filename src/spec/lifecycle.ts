import { z } from 'zod';
import { duration } from './duration.ts';
import type { Rule } from './rule.ts';

export const Lifecycle = z.strictObject({
  paused: z
    .boolean()
    .default(false)
    .describe(
      'Whether the operator leaves the environment alone: it applies, restores and deletes nothing, and only reports',
    ),
  ttl: duration
    .optional()
    .describe(
      'Time after its creation at which the operator deletes the environment with everything in it, such as 8h; never by default',
    ),
  hibernate: z
    .strictObject({
      after: duration.describe('Time without a connected client after which it falls asleep, such as 30m'),
    })
    .optional()
    .describe(
      'Has the operator take all pods away while nobody is connected, and keep the data; `tidegate wake` brings them back. Never by default',
    ),
});
export type Lifecycle = z.output<typeof Lifecycle>;

/** Rules that tie the lifecycle to the rest of a spec. */
export const lifecycleRules: readonly Rule<{
  readonly lifecycle: Lifecycle;
  readonly retention: 'Retain' | 'Delete';
}>[] = [
  {
    code: 'TG1170',
    path: ['lifecycle', 'ttl'],
    test: ({ lifecycle, retention }) => lifecycle.ttl === undefined || retention === 'Delete',
    cel: "!has(self.lifecycle.ttl) || self.retention == 'Delete'",
    reason: 'An environment that ends by itself would leave its volumes behind',
  },
];
