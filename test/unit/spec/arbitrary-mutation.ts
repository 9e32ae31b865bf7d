import fc from 'fast-check';
import type { EnvironmentInput } from '../../../src/spec/index.ts';
import { validEnvironment } from './arbitrary.ts';

type Container = Record<string, unknown>;
type Path = readonly [Container, string];

/**
 * Environments that are right but for one change somewhere in the spec: a field that goes, one that nobody knows, a value
 * of another type, or one at or beyond a bound. Some are right none the less.
 *
 * No value becomes null: the API server takes that for a field that is not there where the field has a default.
 */
export const mutatedEnvironment: fc.Arbitrary<EnvironmentInput> = fc
  .record({
    environment: validEnvironment,
    where: fc.nat(10_000),
    change: fc.constantFrom<'remove' | 'unknown' | 'replace'>('remove', 'unknown', 'replace', 'replace'),
    value: fc.oneof(
      fc.constantFrom<unknown>('', ' ', 'a b', 'UPPER', '-', 'x'.repeat(70), '*', '::1', '10.0.0.0/33', 'ä'),
      fc.constantFrom<unknown>(-1, 0, 1, 1.5, 127, 65_536, 1_000_001, 86_401, '1', '1Gi', '1GB', '0.5'),
      fc.constantFrom<unknown>(true, false, {}, [], [1], [''], { a: 'b' }, { 'a-b': 'c' }),
    ),
  })
  .map(({ environment, where, change, value }) => {
    const changed = structuredClone(environment);
    const paths = pathsWithin(changed.spec as unknown as Container);
    const [container, key] = paths[where % paths.length] as Path;
    if (change === 'remove') delete container[key];
    else if (change === 'replace') container[key] = structuredClone(value);
    else if (!Array.isArray(container)) container.unknown = structuredClone(value);
    return changed;
  });

function pathsWithin(container: Container): readonly Path[] {
  return Object.entries(container).flatMap(([key, value]) => [
    [container, key] as const,
    ...(typeof value === 'object' && value !== null ? pathsWithin(value as Container) : []),
  ]);
}
