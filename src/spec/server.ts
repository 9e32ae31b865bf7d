import { z } from 'zod';
import { image, resources, secretKey, variables } from './field.ts';
import { podFields } from './pod.ts';
import { podRules } from './pod-rules.ts';
import { withRules } from './rule.ts';
import { TunableSettings } from './settings.ts';
import { VERSION } from './version.ts';

const server = z.strictObject({
  image: image
    .default(`ghcr.io/tidegate/server:${VERSION}`)
    .describe('Image of the server, or of an application built on it'),
  resources: resources({ cpu: '250m', memory: '256Mi', memoryLimit: '512Mi' }),
  settings: TunableSettings.prefault({}).describe('Settings of the bundled server'),
  secretEnv: variables(secretKey)
    .optional()
    .describe("The application's own variables that come from Secrets"),
  ...podFields,
});

export const Server = withRules(server, podRules);
export type Server = z.output<typeof Server>;
