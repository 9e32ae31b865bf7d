import { z } from 'zod';

/** Values of the chart: `values.yaml` and `values.schema.json` are generated from this schema. */
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
    .describe('Image of the operator'),
  imagePullSecrets: z
    .array(z.looseObject({ name: z.string().min(1) }))
    .default([])
    .describe('Secrets to pull the image with'),
  watchNamespace: z
    .string()
    .max(63)
    .default('')
    .describe('Watch this namespace alone, with a Role there in place of a ClusterRole; all when empty'),
  resources: z
    .looseObject({})
    .default({ requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } })
    .describe('CPU and memory of the operator; 300 environments took 560 MB while all were created at once'),
  priorityClassName: z.string().default('').describe('PriorityClass of the pods'),
  nodeSelector: z.record(z.string(), z.string()).default({}).describe('Nodes the pods may run on'),
  tolerations: z.array(z.looseObject({})).default([]).describe('Taints the pods tolerate'),
  affinity: z
    .looseObject({})
    .default({})
    .describe('Affinity of the pods; replicas are spread over nodes anyway'),
});
