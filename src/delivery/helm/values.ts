import { z } from 'zod';
import { Environment } from '../../spec/index.ts';

/** An environment as the chart takes it; its name is the key it stands under. */
const EnvironmentValue = z.strictObject({
  namespace: Environment.shape.metadata.shape.namespace
    .unwrap()
    .optional()
    .describe("Namespace of the environment, which must be there; the release's own by default"),
  spec: Environment.shape.spec.describe('What the environment is to be, as in a RealtimeEnvironment'),
  handshakePath: z
    .string()
    .regex(/^\/[^\s]*$/, 'Must be a path that begins with /')
    .optional()
    .describe('WebSocket endpoint that `helm test` opens, one that needs no user; /ws by default'),
});

/** Values of the chart: `values.yaml`, `values.schema.json` and its README are generated from this schema. */
export const Values = z.strictObject({
  nameOverride: z.string().max(40).default('').describe('Replaces the chart name in the names of objects'),
  replicas: z
    .int()
    .min(1)
    .max(10)
    .default(2)
    .describe('Operators; one leads, the others stand by with warm caches'),
  image: z
    .strictObject({
      repository: z.string().min(1).default('ghcr.io/tidegate/operator').describe('Image without its tag'),
      tag: z.string().default('').describe("Tag; the chart's appVersion when empty"),
      pullPolicy: z
        .enum(['Always', 'IfNotPresent', 'Never'])
        .default('IfNotPresent')
        .describe('When to pull'),
    })
    .prefault({})
    .describe('Image of the operator, and of the pods of `helm test`'),
  imagePullSecrets: z
    .array(z.looseObject({ name: z.string().min(1) }))
    .default([])
    .describe('Secrets to pull the image with'),
  watchNamespace: z
    .string()
    .max(63)
    .default('')
    .describe('Watch this namespace alone, with a Role there in place of a ClusterRole; all when empty'),
  extension: z
    .strictObject({
      config: z
        .string()
        .default('')
        .describe("Module in the operator's image that extends environments; none when empty"),
      rules: z.array(z.looseObject({})).default([]).describe('Rights over the kinds that the module adds'),
    })
    .prefault({})
    .describe('What a company adds to environments; `tidegate operator values` prints it'),
  environments: z
    .record(Environment.shape.metadata.shape.name, EnvironmentValue)
    .default({})
    .describe('Environments by their names, each with its `spec` and, if wanted, its `namespace`'),
  ownershipPolicy: z
    .enum(['Deny', 'Warn', 'None'])
    .default('Deny')
    .describe(
      'What the API server does when a second front door applies an object: refuse, warn, or nothing (no policy is installed)',
    ),
  metricsAdapter: z
    .strictObject({
      enabled: z.boolean().default(false).describe('Whether it is installed'),
      replicas: z.int().min(1).max(10).default(2).describe('Adapters; all of them answer'),
      resources: z
        .looseObject({})
        .default({ requests: { cpu: '20m', memory: '128Mi' }, limits: { memory: '256Mi' } })
        .describe('CPU and memory of an adapter'),
    })
    .prefault({})
    .describe(
      'Serves the connections of servers to autoscalers where neither Prometheus nor KEDA does; steps aside where one does',
    ),
  resources: z
    .looseObject({})
    .default({ requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } })
    .describe(
      'CPU and memory of the operator; 300 environments took 441 MB. The heap may grow up to the memory limit',
    ),
  memory: z
    .strictObject({
      semiSpaceMiB: z
        .int()
        .min(1)
        .max(64)
        .default(4)
        .describe(
          'Size up to which each half of the young generation of the heap grows; the smaller, the less garbage lies about',
        ),
      mallocArenas: z
        .int()
        .min(1)
        .max(64)
        .default(2)
        .describe('Pools of memory outside the heap; glibc would take eight a processor'),
    })
    .prefault({})
    .describe('What keeps the memory of the operator low; together they halved it with 300 environments'),
  priorityClassName: z.string().default('').describe('PriorityClass of the pods'),
  nodeSelector: z.record(z.string(), z.string()).default({}).describe('Nodes the pods may run on'),
  tolerations: z.array(z.looseObject({})).default([]).describe('Taints the pods tolerate'),
  affinity: z
    .looseObject({})
    .default({})
    .describe('Affinity of the pods; replicas are spread over nodes anyway'),
});
