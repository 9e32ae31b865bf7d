import type { Environment } from '../../spec/index.ts';
import { imageIn, serverDeploymentOf, withImage } from '../server-image.ts';
import type { ObjectApi } from './object-api.ts';

/**
 * An environment as the cluster has it: where the spec names no image, the one that runs stays, so that a later version of
 * Tidegate replaces no pods.
 */
export async function withLiveImage(api: ObjectApi, environment: Environment): Promise<Environment> {
  if (environment.spec.server.image !== undefined) return environment;
  const image = imageIn(await api.read(serverDeploymentOf(environment.metadata)));
  return image === undefined ? environment : withImage(environment, image);
}
