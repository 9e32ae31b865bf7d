import type { z } from 'zod';

/** Keyword of a JSON Schema for fields that may be late; a structural schema of Kubernetes has no such keyword. */
export const LATE_KEYWORD = 'x-tidegate-late';

declare const late: unique symbol;
/** Marks the type of a field that may be late. Every plain value has it. */
export interface MayBeLate {
  readonly [late]?: never;
}

/**
 * Marks a field that may stand open until a delivery knows its value, as an `Output` of Pulumi does. Neither a rule between
 * fields nor the shape of the tree may need it: what follows from it are leaves.
 */
export function mayBeLate<S extends z.ZodType<string | number>>(schema: S) {
  return schema.meta({ ...schema.meta(), [LATE_KEYWORD]: true }) as S & {
    readonly _zod: { readonly input: z.input<S> & MayBeLate };
  };
}
