import { z } from 'zod';

/** What the operator reports. Conditions follow Kubernetes' API conventions. */
export const CONDITION_TYPES = [
  'Ready',
  'Progressing',
  'Degraded',
  'Applied',
  'Paused',
  'Hibernated',
  'FieldsIgnored',
  'SecretsReady',
  'Rotating',
  'DatabaseReady',
  'CacheReady',
  'RouteReady',
] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

const condition = z.object({
  type: z.string().max(316).describe('Aspect of the environment'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether it holds'),
  reason: z.string().max(1_024).describe('One word for programs'),
  message: z.string().max(32_768).describe('A sentence for people'),
  lastTransitionTime: z.string().meta({ format: 'date-time', description: 'When status last changed' }),
  observedGeneration: z.int().optional().describe('Generation of the spec it speaks of'),
});
export type Condition = z.output<typeof condition>;

/** `status` of a RealtimeEnvironment. */
export const EnvironmentStatus = z.object({
  observedGeneration: z.int().optional().describe('Generation of the spec that was last reconciled'),
  conditions: z.array(condition).optional().describe('Conditions in the standard form'),
  endpoints: z
    .array(
      z.object({
        route: z.enum(['ingress', 'gateway']).describe('Which route it is'),
        url: z.string().describe('Where clients connect, for example wss://chat.example.com'),
      }),
    )
    .optional()
    .describe('Where clients connect'),
  replicas: z
    .object({
      desired: z.int().optional().describe('Replicas asked for'),
      ready: z.int().optional().describe('Replicas that accept connections'),
      updated: z.int().optional().describe('Replicas of the newest revision'),
    })
    .optional()
    .describe('Replicas of the server'),
  expiresAt: z.string().optional().describe('When the operator deletes the environment, by lifecycle.ttl'),
  hibernation: z
    .object({
      idleSince: z.string().optional().describe('Since when no client has been connected'),
      since: z.string().optional().describe('Since when it has been asleep'),
      mark: z.string().optional().describe('Its generation and wake annotation then; others wake it'),
    })
    .optional()
    .describe('What lifecycle.hibernate has come to'),
  revision: z.string().optional().describe('Hash of the tree that was last applied'),
});
export type EnvironmentStatus = z.output<typeof EnvironmentStatus>;
