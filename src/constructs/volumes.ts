import { k8s } from 'cdk8s-plus-34';
import type { Volume } from '../spec/index.ts';

/** Where a container sees a volume. */
export function mountOf({
  name,
  mountPath,
  readOnly,
}: Pick<Volume, 'name' | 'mountPath' | 'readOnly'>): k8s.VolumeMount {
  return { name, mountPath, ...(readOnly && { readOnly }) };
}

/** A volume in Kubernetes' form. */
export function volumeOf({ name, from, readOnly }: Volume): k8s.Volume {
  const { configMap, secret, claim, emptyDir } = from;
  return {
    name,
    ...(configMap && { configMap: { name: configMap.name } }),
    ...(secret && { secret: { secretName: secret.name } }),
    ...(claim && { persistentVolumeClaim: { claimName: claim.name, ...(readOnly && { readOnly }) } }),
    ...(emptyDir && {
      emptyDir: {
        medium: emptyDir.medium,
        ...(emptyDir.sizeLimit !== undefined && {
          sizeLimit: k8s.Quantity.fromString(emptyDir.sizeLimit),
        }),
      },
    }),
  };
}
