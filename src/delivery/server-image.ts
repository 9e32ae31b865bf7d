import type { Environment } from '../spec/index.ts';

/** What is read of a Deployment. */
interface Deployment {
  readonly spec?: {
    readonly template?: {
      readonly spec?: {
        readonly containers?: readonly { readonly name?: string; readonly image?: string }[];
      };
    };
  };
}

/** Image of the server in its Deployment; undefined when it holds none. */
export function imageIn(deployment: unknown): string | undefined {
  const { spec } = (deployment ?? {}) as Deployment;
  return spec?.template?.spec?.containers?.find(({ name }) => name === 'server')?.image;
}

/** Name of the Deployment of an environment's servers. */
export function serverDeploymentOf({ name, namespace }: Environment['metadata']) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: `${name}-server`, namespace } };
}

/** An environment that names an image. */
export function withImage({ spec, ...rest }: Environment, image: string): Environment {
  return { ...rest, spec: { ...spec, server: { ...spec.server, image } } };
}
