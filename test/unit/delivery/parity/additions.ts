import { FRONT_DOORS, type FrontDoor, type Manifest, managedBy } from '../../../../src/constructs/index.ts';
import { amount } from '../../../../src/spec/field.ts';
import { type Environment, isGenerated, secretRequirements } from '../../../../src/spec/index.ts';

/** A field that a front door adds to objects of the tree, and why. */
interface Addition {
  readonly door: FrontDoor;
  readonly path: readonly string[];
  /** What it may hold; another value is a difference. */
  readonly value: RegExp;
  /** Whether every object has it. */
  readonly always: boolean;
}

const annotation = (name: string) => ['metadata', 'annotations', name];

/** All that deliveries add to objects; docs/parity.md tells why. Nothing else may differ. */
export const ADDITIONS: readonly Addition[] = [
  ...FRONT_DOORS.map((door) => ({
    door,
    path: ['metadata', 'labels', 'app.kubernetes.io/managed-by'],
    value: new RegExp(`^${managedBy(door)}$`),
    always: true,
  })),
  {
    door: 'pulumi',
    path: annotation('pulumi.com/patchFieldManager'),
    value: /^tidegate-pulumi$/,
    always: true,
  },
  { door: 'pulumi', path: annotation('pulumi.com/skipAwait'), value: /^true$/, always: false },
  {
    door: 'operator',
    path: ['metadata', 'labels', 'applyset.kubernetes.io/part-of'],
    value: /^applyset-[\w-]{43}-v1$/,
    always: true,
  },
  { door: 'operator', path: annotation('tidegate.dev/applied-hash'), value: /^[0-9a-f]{16}$/, always: true },
  {
    door: 'operator',
    path: ['metadata', 'ownerReferences'],
    value: /^\[({[^{}]*"kind":"RealtimeEnvironment"[^{}]*})?\]$/,
    always: true,
  },
];

/**
 * The tree without what its delivery adds, by kind and name: fields of ADDITIONS, and the generated Secrets that a front
 * door is the author of. Maps that are then empty go too. The order is the delivery's own, so it does not count.
 *
 * @throws Error when an addition is not what it is said to be
 */
export function treeOf(
  door: FrontDoor,
  environment: Environment,
  delivered: readonly Manifest[],
): Readonly<Record<string, unknown>> {
  const authored = new Set(
    secretRequirements(environment)
      .filter(isGenerated)
      .map(({ name }) => name),
  );
  const objects = delivered.filter(({ kind, metadata }) => kind !== 'Secret' || !authored.has(metadata.name));
  const entries = objects.map((object) => [
    `${object.apiVersion} ${object.kind} ${object.metadata.namespace}/${object.metadata.name}`,
    ADDITIONS.filter((addition) => addition.door === door).reduce<unknown>(without, object),
  ]);
  if (new Set(entries.map(([name]) => name)).size < entries.length) throw new Error(`${door}: a name twice`);
  return Object.fromEntries(entries);
}

function without(object: unknown, addition: Addition): unknown {
  const { path, value, always, door } = addition;
  const remove = (inner: unknown, [key = '', ...rest]: readonly string[]): unknown => {
    const { [key]: found, ...others } = (inner ?? {}) as Record<string, unknown>;
    if (rest.length > 0) {
      const left = found === undefined && !always ? undefined : remove(found, rest);
      const empty = typeof left !== 'object' || left === null || Object.keys(left).length === 0;
      return empty ? others : { ...others, [key]: left };
    }
    if (found === undefined && !always) return inner;
    const text = typeof found === 'string' ? found : JSON.stringify(found);
    if (found === undefined || !value.test(text)) throw new Error(`${door}: ${path.join('.')} is ${text}`);
    return others;
  };
  return remove(object, path);
}

/**
 * The provider leaves out empty lists and texts where they are a field's zero value, in what the real engine shows; the
 * mocks show what it was given.
 */
export function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([, item]) => item !== '' && !(Array.isArray(item) && item.length === 0),
  );
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutEmpty(item)]));
}

const QUANTITIES: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'storage',
  'sizeLimit',
]);

/** Quantities as numbers: the provider shows them in their canonical form, such as `500m` for `0.5`. */
export function withAmounts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withAmounts);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    const number = typeof item === 'string' && QUANTITIES.has(key) ? amount(item) : Number.NaN;
    return [key, Number.isNaN(number) ? withAmounts(item) : number];
  });
  return Object.fromEntries(entries);
}
