import { isIP } from 'node:net';
import { z } from 'zod';
import { mayBeLate } from './may-be-late.ts';
import { type Rule, withRules } from './rule.ts';

/** Building blocks that several fields share. Lengths are bounded so that CEL can estimate what a rule costs. */

/** RFC 1123 label, as Kubernetes wants for most names. */
export const dnsLabel = z
  .string()
  .max(63)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'Must be lower-case letters, digits and -, beginning and ending with a letter or digit',
  );

/** RFC 1123 subdomain: labels joined with dots. */
export const dnsName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'Must be a DNS name in lower case, for example chat.example.com',
  );

/** Key of a Secret or ConfigMap; neither `.` nor one that begins with `..`, since it is the name of a file as well. */
export const dataKey = z
  .string()
  .max(253)
  .regex(
    /^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$/,
    'Must be letters, digits, -, _ and ., and no name such as . or ..',
  );

const QUANTITY_FORM = 'Must be a quantity, for example 250m or 1Gi';
const QUANTITY = /^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?$/;

/** Kubernetes quantity such as 250m, 1Gi or 2; a plain number is read as its string. */
export const quantity = z
  .union([z.string().max(32).regex(QUANTITY, QUANTITY_FORM), z.int().min(0)], { error: QUANTITY_FORM })
  .transform(String);

/** Container image reference. */
export const image = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[!-~]+$/, 'Must be an image reference without spaces, for example ghcr.io/acme/app:1.2.3');

/**
 * An address, or a range of them in CIDR. An IPv4 address within IPv6 and a zone are refused, as the API server does.
 */
export const addressRange = withRules(z.string().max(49), [
  {
    code: 'TG1003',
    path: [],
    test: isAddressRange,
    cel: 'isIP(self) || isCIDR(self)',
    reason: 'Must be an IP address or a range in CIDR, for example 10.0.0.0/8',
  },
]);

function isAddressRange(text: string): boolean {
  const [, address = '', bits] = /^([^/%]+)(?:\/(0|[1-9][0-9]*))?$/.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0 || (family === 6 && address.includes('.'))) return false;
  return bits === undefined || Number(bits) <= (family === 4 ? 32 : 128);
}

export const port = z.int().min(1).max(65535);

/** One key of a Secret in the environment's namespace. */
export const secretKey = z.strictObject({
  name: mayBeLate(dnsName).describe('Name of the Secret'),
  key: mayBeLate(dataKey).describe('Key in the Secret'),
});
export type SecretKey = z.output<typeof secretKey>;

const UNITS: Readonly<Record<string, number>> = Object.fromEntries([
  ['', 1],
  ...['k', 'M', 'G', 'T', 'P', 'E'].map((unit, index) => [unit, 1000 ** (index + 1)] as const),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit, index) => [unit, 1024 ** (index + 1)] as const),
]);

/** A quantity as a number. */
export function amount(text: string): number {
  const [, digits = '', unit = ''] = /^([0-9.]+)(.*)$/.exec(text) ?? [];
  // Divided, since a thousandth is no exact number: 3300 × 0.001 is more than 3.3.
  return unit === 'm' ? Number(digits) / 1000 : Number(digits) * (UNITS[unit] ?? Number.NaN);
}

/**
 * CPU and memory of a container. There is no CPU limit unless it is asked for: throttling stalls every socket of a
 * replica at once.
 */
export function resources(defaults: { cpu: string; memory: string; memoryLimit: string }) {
  const shape = z.strictObject({
    requests: z
      .strictObject({
        cpu: quantity.prefault(defaults.cpu).describe('CPU that is reserved'),
        memory: quantity.prefault(defaults.memory).describe('Memory that is reserved'),
      })
      .prefault({})
      .describe('What the scheduler reserves'),
    limits: z
      .strictObject({
        cpu: quantity.optional().describe('CPU ceiling; none by default'),
        memory: quantity.prefault(defaults.memoryLimit).describe('Memory ceiling'),
      })
      .prefault({})
      .describe('What the container may use at the most'),
  });
  const fits = (resource: 'cpu' | 'memory'): Rule<z.output<typeof shape>> => ({
    code: 'TG1114',
    path: ['requests', resource],
    test: ({ requests, limits }) =>
      limits[resource] === undefined || amount(requests[resource]) <= amount(limits[resource]),
    cel: `!has(self.limits.${resource}) || !quantity(string(self.requests.${resource})).isGreaterThan(quantity(string(self.limits.${resource})))`,
    reason: `More ${resource} is reserved than the container may use`,
  });
  return withRules(shape, [fits('cpu'), fits('memory')])
    .prefault({})
    .describe('CPU and memory of the container');
}
export type Resources = z.output<ReturnType<typeof resources>>;

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MOST_VARIABLES = 128;

/** Environment variables by name. */
export function variables<V extends z.ZodType>(value: V) {
  const name = z
    .string()
    .max(128)
    .regex(VARIABLE_NAME, 'Must be letters, digits and _, not beginning with a digit');
  return withRules(z.record(name, value), [
    {
      code: 'TG1003',
      path: [],
      test: (map) => Object.keys(map).length <= MOST_VARIABLES,
      cel: `size(self) <= ${MOST_VARIABLES}`,
      reason: `At most ${MOST_VARIABLES} variables may be given`,
    },
    {
      code: 'TG1003',
      path: [],
      // A structural schema has no words for the keys of a map.
      test: (map) => Object.keys(map).every((key) => VARIABLE_NAME.test(key) && key.length <= 128),
      cel: `self.all(name, name.matches('${VARIABLE_NAME.source}') && size(name) <= 128)`,
      reason: 'Names must be letters, digits and _, not beginning with a digit',
    },
  ]);
}
