import { z } from 'zod';
import type { Rule } from './rule.ts';

const MINUTES = { m: 1, h: 60, d: 1_440 } as const;

export const Lifecycle = z.strictObject({
  paused: z
    .boolean()
    .default(false)
    .describe(
      'Whether the operator leaves the environment alone: it applies, restores and deletes nothing, and only reports',
    ),
  ttl: z
    .string()
    .regex(/^[1-9]\d{0,4}[mhd]$/, 'Must be a whole number of minutes, hours or days, such as 90m, 8h or 3d')
    .optional()
    .describe(
      'Time after its creation at which the operator deletes the environment with everything in it, such as 8h; never by default',
    ),
});
export type Lifecycle = z.output<typeof Lifecycle>;

/** Milliseconds that a `ttl` stands for. */
export function ttlMs(ttl: string): number {
  return Number(ttl.slice(0, -1)) * MINUTES[ttl.slice(-1) as keyof typeof MINUTES] * 60_000;
}

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
