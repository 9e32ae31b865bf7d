import type { k8s } from 'cdk8s-plus-34';
import type { SecretKey } from '../spec/index.ts';

/** A key of a Secret as a file in a container: files can be read again when the Secret changes, variables cannot. */
export interface SecretFile {
  /** Path of the file. */
  readonly path: string;
  readonly volume: k8s.Volume;
  readonly mount: k8s.VolumeMount;
}

/** Mounts one key of a Secret as `directory/file`, readable by the pod's group alone. */
export function secretFile(volume: string, secret: SecretKey, directory: string, file: string): SecretFile {
  return {
    path: `${directory}/${file}`,
    volume: {
      name: volume,
      secret: { secretName: secret.name, defaultMode: 0o440, items: [{ key: secret.key, path: file }] },
    },
    mount: { name: volume, mountPath: directory, readOnly: true },
  };
}
