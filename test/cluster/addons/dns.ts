import { writeFileSync } from 'node:fs';
import { DNS_SERVICE_ADDRESS, inDirectory } from '../layout.ts';
import { type Addon, type AddonContext, serviceOfProcess } from './addon.ts';

/** Where CoreDNS says whether it is ready, on the node's address. */
export const DNS_READY_PORT = 8181;

/** Names of the cluster; every other name is unknown at once, as no question leaves the machine. */
export function dns({ layout, kubeconfig }: AddonContext): Addon {
  const corefile = inDirectory(layout, 'Corefile');
  writeFileSync(
    corefile,
    `cluster.local in-addr.arpa {
  bind ${layout.address}
  errors
  ready ${layout.address}:${DNS_READY_PORT}
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${kubeconfig}
    pods insecure
  }
}
. {
  bind ${layout.address}
  template ANY ANY {
    rcode NXDOMAIN
  }
}
`,
  );
  const service = { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
  const ports = [
    { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' },
  ] as const;
  return {
    objects: serviceOfProcess(service, layout.address, ports, DNS_SERVICE_ADDRESS),
    components: [{ tool: 'coredns', args: ['-conf', corefile] }],
  };
}
