import { z } from 'zod';
import { dnsLabel, dnsName, image, quantity, resources, secretKey, variables } from './field.ts';
import { mayBeLate } from './may-be-late.ts';
import { choice, type Rule, withRules } from './rule.ts';
import { Scheduling } from './scheduling.ts';

/** Printable ASCII: what a space is, JavaScript and the API server do not agree on beyond. */
const path = z
  .string()
  .max(256)
  .regex(/^(\/[!-.0-9;-~]+)+$/, 'Must be an absolute path without : and spaces, for example /models');

const mount = {
  name: dnsLabel,
  mountPath: path.describe('Directory it is seen at'),
  readOnly: z.boolean().default(false).describe('Whether it cannot be written'),
};

const volume = z.strictObject({
  ...mount,
  name: dnsLabel.describe('Name, by which sidecars mount it too'),
  from: choice({
    configMap: z.strictObject({ name: mayBeLate(dnsName).describe('Name of the ConfigMap') }),
    secret: z.strictObject({ name: mayBeLate(dnsName).describe('Name of the Secret') }),
    claim: z.strictObject({
      name: mayBeLate(dnsName).describe(
        'Name of the PersistentVolumeClaim, which every replica mounts: ReadWriteMany',
      ),
    }),
    emptyDir: z.strictObject({
      sizeLimit: quantity.optional().describe('Ceiling; none by default'),
      medium: z.enum(['Memory']).optional().describe('Memory instead of disk; counts towards the limits'),
    }),
  }).describe('What is in it'),
});

/** The restricted Pod Security Standard holds for every container; these can only be said, not granted. */
const securityContext = z.strictObject({
  runAsUser: z.int().min(0).max(2_147_483_647).optional().describe("User; the pod's, 1000, by default"),
  runAsNonRoot: z.boolean().optional().describe('Always true'),
  readOnlyRootFilesystem: z.boolean().default(true).describe('Whether only volumes can be written'),
  privileged: z.boolean().optional().describe('Always false'),
  allowPrivilegeEscalation: z.boolean().optional().describe('Always false'),
  addCapabilities: z.array(z.string().max(64)).max(8).optional().describe('NET_BIND_SERVICE, or none'),
});

const restricted: Rule<z.output<typeof securityContext>> = {
  code: 'TG1187',
  path: [],
  test: (value) =>
    value.privileged !== true &&
    value.allowPrivilegeEscalation !== true &&
    value.runAsNonRoot !== false &&
    value.runAsUser !== 0 &&
    (value.addCapabilities ?? []).every((name) => name === 'NET_BIND_SERVICE'),
  cel: "!(has(self.privileged) && self.privileged) && !(has(self.allowPrivilegeEscalation) && self.allowPrivilegeEscalation) && !(has(self.runAsNonRoot) && !self.runAsNonRoot) && !(has(self.runAsUser) && self.runAsUser == 0) && (!has(self.addCapabilities) || self.addCapabilities.all(name, name == 'NET_BIND_SERVICE'))",
  reason: 'A container beside the server must neither be root nor privileged, nor become so',
};

const sidecar = z.strictObject({
  name: dnsLabel.describe('Name of the container'),
  image: mayBeLate(image).describe('Image, with a digest where one is wanted'),
  command: z.array(z.string().max(4_096)).max(32).optional().describe("Program; the image's own by default"),
  args: z.array(z.string().max(4_096)).max(64).optional().describe('Arguments of the program'),
  env: variables(z.string().max(2_048)).optional().describe('Variables, in clear'),
  secretEnv: variables(secretKey).optional().describe('Variables that come from Secrets'),
  resources: resources({ cpu: '50m', memory: '64Mi', memoryLimit: '128Mi' }),
  volumeMounts: z.array(z.strictObject(mount)).max(16).optional().describe('Volumes of server.volumes'),
  securityContext: withRules(securityContext, [restricted])
    .prefault({})
    .describe('Security of the container, within what the restricted Pod Security Standard allows'),
});
export type Sidecar = z.output<typeof sidecar>;
export type Volume = z.output<typeof volume>;

/** Fields of the server that shape its pod. */
export const podFields = {
  scheduling: Scheduling.optional().describe('Where pods may run; anywhere, spread out, by default'),
  imagePullSecrets: z
    .array(mayBeLate(dnsName))
    .max(16)
    .optional()
    .describe('Secrets of type kubernetes.io/dockerconfigjson that images are pulled with'),
  volumes: z.array(volume).max(16).optional().describe('Volumes that the server sees besides its own'),
  sidecars: z
    .array(sidecar)
    .max(8)
    .optional()
    .describe('Containers beside the server; they start before it and end after its drain'),
};

/** What the rules of a pod read. */
export interface PodFields {
  readonly volumes?: readonly Volume[] | undefined;
  readonly sidecars?: readonly Sidecar[] | undefined;
}
