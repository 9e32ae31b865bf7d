import { type Extension, type Manifest, owned, render } from '../../constructs/index.ts';
import type { Environment } from '../../spec/index.ts';
import { kubernetesYaml } from '../kubernetes-yaml.ts';

/** Files of one environment, by name, in the order in which they are applied. */
export type Folder = ReadonlyMap<string, string>;

/** Renders an environment as a folder: one file an object, and a kustomization that lists them. */
export function folderOf(environment: Environment, extension: Extension = {}): Folder {
  const files = owned(render(environment, extension), 'gitops').map(
    (manifest) => [fileName(manifest), kubernetesYaml(manifest)] as const,
  );
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: files.map(([name]) => name),
  };
  return new Map([...files, ['kustomization.yaml', kubernetesYaml(kustomization)]]);
}

/** Name of the file that holds an object. */
export function fileName({ kind, metadata }: Manifest): string {
  return `${kind.toLowerCase()}-${metadata.name}.yaml`;
}
