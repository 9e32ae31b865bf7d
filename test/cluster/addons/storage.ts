import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { inDirectory } from '../layout.ts';
import { NODE_IMAGE } from '../node/image.ts';
import type { Addon, AddonContext } from './addon.ts';

const NAMESPACE = 'local-path-storage';
const SERVICE_ACCOUNT = 'local-path-provisioner';

/** The default StorageClass: volumes are directories of the node, which pods of any user may write. */
export function storage({ layout, kubeconfig }: AddonContext): Addon {
  const config = inDirectory(layout, 'local-path.json');
  const paths = [inDirectory(layout, 'volumes')];
  writeFileSync(
    config,
    JSON.stringify({
      nodePathMap: [{ node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths }],
      setupCommand: '/volume',
      teardownCommand: '/volume',
    }),
  );
  const helperPod = inDirectory(layout, 'local-path-helper.yaml');
  writeFileSync(helperPod, stringify(HELPER_POD));
  return {
    objects: storageObjects,
    components: [
      {
        tool: 'local-path-provisioner',
        args: [
          'start',
          ...['--config', config, '--kubeconfig', kubeconfig, '--namespace', NAMESPACE],
          ...['--helper-image', NODE_IMAGE, '--helper-pod-file', helperPod],
          ...['--service-account-name', SERVICE_ACCOUNT],
        ],
      },
    ],
  };
}

const HELPER_POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'helper' },
  spec: { containers: [{ name: 'helper-pod', image: NODE_IMAGE, imagePullPolicy: 'Never' }] },
};

const storageObjects = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: SERVICE_ACCOUNT, namespace: NAMESPACE },
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: 'local-path',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: 'rancher.io/local-path',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  },
];
