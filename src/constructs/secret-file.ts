import type { k8s } from 'cdk8s-plus-34';
import type { SecretKey } from '../spec/index.ts';

/** Keys of a Secret as files in a container: files can be read again when the Secret changes, variables cannot. */
export interface SecretFiles {
  /** Path of each key's file. */
  readonly paths: Readonly<Record<string, string>>;
  readonly volume: k8s.Volume;
  readonly mount: k8s.VolumeMount;
}

/** Mounts keys of a Secret as files of a directory, by their names there, readable by the pod's group alone. */
export function secretFiles(
  volume: string,
  secret: string,
  directory: string,
  files: Readonly<Record<string, string>>,
): SecretFiles {
  const items = Object.entries(files).map(([key, path]) => ({ key, path }));
  return {
    paths: Object.fromEntries(items.map(({ key, path }) => [key, `${directory}/${path}`])),
    volume: { name: volume, secret: { secretName: secret, defaultMode: 0o440, items } },
    mount: { name: volume, mountPath: directory, readOnly: true },
  };
}

/** A key of a Secret as the file of a container. */
export interface SecretFile extends Omit<SecretFiles, 'paths'> {
  readonly path: string;
}

/** Mounts one key of a Secret as `directory/file`. */
export function secretFile(
  volume: string,
  { name, key }: SecretKey,
  directory: string,
  file: string,
): SecretFile {
  const { paths, ...mounted } = secretFiles(volume, name, directory, { [key]: file });
  return { ...mounted, path: paths[key] ?? '' };
}
