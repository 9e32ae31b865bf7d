import { join, posix } from 'node:path';
import type { Manifest } from '../../constructs/index.ts';
import { type Environment, TidegateError } from '../../spec/index.ts';
import { kubernetesYaml } from '../kubernetes-yaml.ts';
import { argoCdApplication } from './argo-cd.ts';
import { fluxKustomization } from './flux.ts';
import { fileName } from './folder.ts';
import { git } from './git.ts';
import { writeFolder } from './write.ts';

/** Which GitOps controllers are to be told of the folders. */
export interface ControllerOptions {
  /** URL of the Git repository, for Argo CD. */
  readonly argoCd?: string;
  /** Name of the GitRepository, for Flux. */
  readonly flux?: string;
  /** Directory within the repository that holds the folders; by default where `out` is in its Git work tree. */
  readonly repositoryPath?: string;
}

/** Folders of controllers' objects, beside those of environments. */
const ARGO_CD = 'argo-cd';
const FLUX = 'flux';

/**
 * Writes an object an environment for each controller that is asked for. Objects of other environments stay.
 *
 * @param out directory that holds the environments' folders, and is there
 * @returns the paths of the folders with those objects
 * @throws TidegateError when an environment has the name of such a folder, when `out` is in no repository, or when a file
 * cannot be written
 */
export function writeControllers(
  out: string,
  environments: readonly Environment[],
  { argoCd, flux, repositoryPath }: ControllerOptions,
): readonly string[] {
  if (argoCd === undefined && flux === undefined) return [];
  const root = repositoryPath ?? pathInRepository(out);
  const folder = (name: string, objectOf: (environment: Environment, path: string) => Manifest) => {
    const objects = environments.map((environment) => {
      if (environment.metadata.name !== name) return objectOf(environment, within(root, environment));
      throw TidegateError.of('TG5008', join(out, name), 'It is for the objects of the GitOps controller');
    });
    const files = objects.map((object) => [fileName(object), kubernetesYaml(object)] as const);
    writeFolder(join(out, name), new Map(files));
    return join(out, name);
  };
  return [
    ...(argoCd === undefined ? [] : [folder(ARGO_CD, (one, path) => argoCdApplication(one, argoCd, path))]),
    ...(flux === undefined ? [] : [folder(FLUX, (one, path) => fluxKustomization(one, flux, path))]),
  ];
}

function within(root: string, { metadata }: Environment): string {
  return posix.join(root, metadata.name).replace(/^\//, '');
}

function pathInRepository(out: string): string {
  try {
    return git(out, 'rev-parse', '--show-prefix').trim();
  } catch (error) {
    throw TidegateError.of('TG5007', out, (error as Error).message);
  }
}
