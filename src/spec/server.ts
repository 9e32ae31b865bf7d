import { z } from 'zod';
import { image, resources, secretKey, variables } from './field.ts';
import { TunableSettings } from './settings.ts';
import { VERSION } from './version.ts';

export const Server = z.strictObject({
  image: image
    .default(`ghcr.io/tidegate/server:${VERSION}`)
    .describe('Image of the server, or of an application built on it'),
  resources: resources({ cpu: '250m', memory: '256Mi', memoryLimit: '512Mi' }),
  settings: TunableSettings.prefault({}).describe('Settings of the bundled server'),
  secretEnv: variables(secretKey)
    .optional()
    .describe("The application's own variables that come from Secrets"),
});
export type Server = z.output<typeof Server>;
