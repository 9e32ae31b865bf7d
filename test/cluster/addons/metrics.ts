import { mkdirSync } from 'node:fs';
import { inDirectory } from '../layout.ts';
import { type Addon, type AddonContext, serviceOfProcess } from './addon.ts';

const PORT = 4443;

/** CPU and memory of pods, for autoscaling and `kubectl top`; the first figures take about 30 s. */
export function metrics({ layout, kubeconfig }: AddonContext): Addon {
  const service = { name: 'metrics-server', namespace: 'kube-system' };
  const certificates = inDirectory(layout, 'metrics-server');
  mkdirSync(certificates, { recursive: true });
  return {
    objects: [
      ...serviceOfProcess(service, layout.address, [
        { name: 'https', port: 443, targetPort: PORT, protocol: 'TCP' },
      ]),
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1beta1.metrics.k8s.io' },
        spec: {
          group: 'metrics.k8s.io',
          version: 'v1beta1',
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
          service,
        },
      },
    ],
    components: [
      {
        tool: 'metrics-server',
        args: [
          `--kubeconfig=${kubeconfig}`,
          `--authentication-kubeconfig=${kubeconfig}`,
          `--authorization-kubeconfig=${kubeconfig}`,
          `--secure-port=${PORT}`,
          `--cert-dir=${certificates}`,
          '--kubelet-insecure-tls',
          '--kubelet-preferred-address-types=InternalIP',
          '--kubelet-request-timeout=5s',
          '--metric-resolution=10s',
        ],
      },
    ],
  };
}
