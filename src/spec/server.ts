import { z } from 'zod';
import { image, resources, secretKey, variables } from './field.ts';
import { mayBeLate } from './may-be-late.ts';
import { podFields } from './pod.ts';
import { podRules } from './pod-rules.ts';
import { withRules } from './rule.ts';
import { TunableSettings } from './settings.ts';
import { VERSION } from './version.ts';

/** What an environment runs that is new and names no image. */
const BUNDLED_IMAGE = `ghcr.io/tidegate/server:${VERSION}`;

const server = z.strictObject({
  // A default in words only: `parse` leaves it out, so that front doors can tell, and the API server writes it down when an
  // environment is created. See docs/decisions/0017-an-upgrade-replaces-no-pods.md.
  image: mayBeLate(image).optional().meta({
    description:
      'Image of the server, or of an application built on it; what an environment runs stays until another is named',
    default: BUNDLED_IMAGE,
  }),
  resources: resources({ cpu: '250m', memory: '256Mi', memoryLimit: '512Mi' }),
  settings: TunableSettings.prefault({}).describe('Settings of the bundled server'),
  secretEnv: variables(secretKey)
    .optional()
    .describe("The application's own variables that come from Secrets"),
  ...podFields,
});

export const Server = withRules(server, podRules);
export type Server = z.output<typeof Server>;

/** Image that the pods of a server run: the one that is named, else the bundled one of this version. */
export function imageOf({ image }: Pick<Server, 'image'>): string {
  return image ?? BUNDLED_IMAGE;
}
