import { z } from 'zod';
import { amount, dnsName, image, resources } from './field.ts';
import { choice, type Rule, withRules } from './rule.ts';
import { Scheduling } from './scheduling.ts';
import { volume } from './stores.ts';

/** Whose certificate a store of the environment's own shows; its Secret has `tls.crt`, `tls.key` and `ca.crt`. */
const certificate = choice({
  secretName: dnsName.describe('Secret of type kubernetes.io/tls, with ca.crt, that somebody else keeps'),
  issuer: z
    .strictObject({
      name: dnsName.describe('Name of the issuer'),
      kind: z.enum(['Issuer', 'ClusterIssuer']).default('Issuer').describe('Kind of the issuer'),
    })
    .describe('Issuer of cert-manager that makes the certificate, and renews it'),
});
export type StoreCertificate = z.output<typeof certificate>;

const own = {
  image: image.default('docker.io/library/redis:7.4').describe('Redis image, of version 7 or newer'),
  resources: resources({ cpu: '100m', memory: '128Mi', memoryLimit: '256Mi' }),
  ...volume,
  tls: certificate.optional().describe('TLS, and whose certificate it shows; none by default'),
};

const standalone = z.strictObject(own);

const sentinel = z.strictObject({
  replicas: z
    .int()
    .min(3)
    .max(7)
    .default(3)
    .describe('Redis servers, one of which is the primary, with a Sentinel beside each; an odd number'),
  ...own,
  scheduling: Scheduling.optional().describe('Where their pods may run'),
});

/** What servers of the environment's own have in common. */
export type OwnRedis = z.output<typeof standalone>;
export type SentinelRedis = z.output<typeof sentinel>;

/**
 * Data takes half of the memory at the most (`derive`). Its log grows to twice that until it is rewritten, and for as long
 * as that takes the old and the new one are both there: three to four times the data.
 */
const volumeHoldsLog: Rule<OwnRedis> = {
  code: 'TG1116',
  path: ['storage'],
  test: ({ storage, resources: { limits } }) => amount(storage) >= 2 * amount(limits.memory),
  cel: '!quantity(string(self.storage)).sub(quantity(string(self.resources.limits.memory))).isLessThan(quantity(string(self.resources.limits.memory)))',
  reason:
    'While Redis rewrites its log, that takes up to twice the memory of resources.limits.memory on the volume',
};

const oddReplicas: Rule<SentinelRedis> = {
  code: 'TG1440',
  path: ['replicas'],
  test: ({ replicas }) => replicas % 2 === 1,
  cel: 'self.replicas % 2 == 1',
  reason: 'An even number of Sentinels survives the loss of no more of them than the odd number below it',
};

/** Of each Sentinel, which keeps no data. */
export const SENTINEL_RESOURCES = resources({ cpu: '20m', memory: '32Mi', memoryLimit: '64Mi' }).parse({});

/** One server in the environment. */
export const StandaloneRedis = withRules(standalone, [volumeHoldsLog]);
/** A primary and its replicas, which Sentinels watch. */
export const SentinelRedis = withRules(sentinel, [volumeHoldsLog, oddReplicas]);
