import type { EnvironmentInput } from '../../src/spec/index.ts';
import { Testing } from '../../src/testing/index.ts';

/** The environment of `Testing`, also with fields that are wrong. */
export function environment(spec: Record<string, unknown> = {}): EnvironmentInput {
  return Testing.environment(spec as Partial<EnvironmentInput['spec']>);
}
