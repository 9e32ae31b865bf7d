import fc from 'fast-check';
import { crd, type EnvironmentInput, parse } from '../../../src/spec/index.ts';
import { arbitraryValue, type Overrides, type Schema } from './arbitrary-value.ts';

/**
 * Random environments, made from the schema itself, so that a new field is in them without a word here.
 */

const { spec } = (
  crd() as {
    spec: { versions: [{ schema: { openAPIV3Schema: { properties: Record<'spec', Schema> } } }] };
  }
).spec.versions[0].schema.openAPIV3Schema.properties;

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8})?$/);
const host = name.map((label) => `${label}.example.com`);
const cpu = fc.constantFrom<unknown>(1, 2, '100m', '250m', '0.5', '1500m');
const memory = fc.constantFrom('128Mi', '256Mi', '512Mi', '0.5Gi', '1Gi', '2G');

const schedule = fc.constantFrom('15 3 * * *', '*/10 * * * *', '0 1-5/2 1,15 * 0', '59 23 31 12 6');

/** Where a schema says less than the rules, or than Kubernetes does of what is rendered. */
const OVERRIDES: Overrides = {
  host,
  'route.ingress.className': fc.constantFrom('contour', 'nginx', 'traefik', 'haproxy', 'alb', 'edge'),
  'route.ingress.annotations': fc.dictionary(
    name.map((key) => `example.com/${key}`),
    fc.string({ maxLength: 16 }),
    { maxKeys: 2 },
  ),
  ...Object.fromEntries(
    ['server', 'redis.standalone', 'redis.sentinel', 'postgres.standalone', 'postgres.cloudNativePG'].flatMap(
      (owner) =>
        ['requests', 'limits'].flatMap((kind) => [
          [`${owner}.resources.${kind}.cpu`, cpu],
          [`${owner}.resources.${kind}.memory`, memory],
        ]),
    ),
  ),
  'redis.sentinel.replicas': fc.constantFrom(3, 3, 4, 5, 7),
  'redis.sentinel.storage': fc.constantFrom('512Mi', '1Gi', '10Gi', '4G'),
  'redis.standalone.storage': fc.constantFrom('512Mi', '1Gi', '10Gi', '4G'),
  'postgres.standalone.storage': fc.constantFrom('256Mi', '1Gi', '10Gi', '4G'),
  'postgres.standalone.sharedMemory': memory,
  'postgres.cloudNativePG.storage': fc.constantFrom('256Mi', '1Gi', '10Gi', '4G'),
  ...Object.fromEntries(
    ['redis', 'postgres', 'token', 'api'].flatMap((role) => [
      [`secrets.${role}.generated.rotate.every`, fc.constantFrom('30d', '36h', '2d')],
      [`secrets.${role}.generated.rotate.overlap`, fc.constantFrom('10m', '9m', '24h', '1d', '36h')],
    ]),
  ),
  // Whether a range ends after it begins, only the API server looks at.
  'postgres.standalone.backup.schedule': schedule,
  'postgres.cloudNativePG.backup.schedule': schedule,
};

/** Environments of the right shape; whether they keep the rules over several fields is left to chance. */
export const sketchedEnvironment: fc.Arbitrary<EnvironmentInput> = fc
  .record({ name, spec: arbitraryValue(spec, OVERRIDES) })
  .map(
    (drawn) =>
      ({
        apiVersion: 'tidegate.dev/v1alpha1',
        kind: 'RealtimeEnvironment',
        metadata: { name: drawn.name, namespace: 'default' },
        spec: drawn.spec,
      }) as EnvironmentInput,
  );

/** Environments that `parse` accepts. */
export const validEnvironment: fc.Arbitrary<EnvironmentInput> = sketchedEnvironment
  .map(mended)
  .filter(isValid);

/** Keeps the rules that chance breaks most often, so that few environments are thrown away. */
function mended({ spec: sketched, ...document }: EnvironmentInput): EnvironmentInput {
  const fields = structuredClone(sketched);
  const { route, redis, postgres, autoscaling, drain, tasks } = fields;
  if (route.ingress === undefined && route.gateway === undefined) route.gateway = { name: 'public' };
  if (drain?.graceSeconds !== undefined) delete drain.graceSeconds;
  if (autoscaling?.min !== undefined) autoscaling.min = Math.min(autoscaling.min, autoscaling.max ?? 10);
  if (tasks?.waitingTarget !== undefined && autoscaling?.keda?.prometheus === undefined) {
    delete tasks.waitingTarget;
  }
  if (redis?.inProcess !== undefined) {
    fields.autoscaling = { ...autoscaling, min: 1, max: 1 };
    delete fields.tasks;
  }
  if (redis?.sentinel?.replicas === 4) redis.sentinel.replicas = 5;
  if (redis?.external !== undefined) mendExternal(redis.external);
  const redisSource = fields.secrets?.redis?.generated;
  if (redisSource?.rotate !== undefined && redis !== undefined && redis.standalone === undefined) {
    delete redisSource.rotate;
  }
  const theirs = (name: string) => ({ existing: { name, key: 'password' } });
  fields.secrets = {
    ...fields.secrets,
    ...(redis?.external && { redis: theirs('redis') }),
    ...(postgres?.external && { postgres: theirs('postgres') }),
    ...(postgres?.cloudNativePG && { postgres: { generated: {} } }),
  };
  return { ...document, spec: fields };
}

/** Leaves one of the ways in which an external Redis is given. */
function mendExternal(redis: NonNullable<NonNullable<EnvironmentInput['spec']['redis']>['external']>): void {
  if (redis.sentinel !== undefined) {
    delete redis.host;
    delete redis.cluster;
  } else if (redis.cluster !== undefined) {
    delete redis.host;
  } else {
    redis.host ??= 'redis.example.com';
  }
  if (redis.tlsCa !== undefined) redis.tls = true;
}

export function isValid(document: unknown): boolean {
  try {
    parse(document);
    return true;
  } catch {
    return false;
  }
}
