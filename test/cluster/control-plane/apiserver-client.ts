import { join } from 'node:path';
import { command } from '../command.ts';

/** Name that the API server goes by when it calls kubelets and the servers of aggregated APIs. */
const NAME = 'kube-apiserver';

/** Writes the certificate with which the API server is a client; it vouches for itself, as there is only one. */
export async function writeApiserverClient(directory: string): Promise<void> {
  await command('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'],
    ...['-subj', `/O=system:masters/CN=${NAME}`, '-addext', 'extendedKeyUsage=clientAuth'],
    ...['-keyout', join(directory, 'apiserver-client.key'), '-out', join(directory, 'apiserver-client.crt')],
  ]);
}

/** Arguments of an API server that calls kubelets, and the servers of aggregated APIs at their pods' addresses. */
export function apiserverClientArgs(directory: string): readonly string[] {
  const { certificate, key } = clientFiles(directory);
  return [
    `--kubelet-client-certificate=${certificate}`,
    `--kubelet-client-key=${key}`,
    // Kubelets' names are in no DNS.
    '--kubelet-preferred-address-types=InternalIP',
    '--enable-aggregator-routing=true',
    ...frontProxyArgs(directory),
  ];
}

/**
 * Arguments of an API server that calls the servers of aggregated APIs.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
 */
export function frontProxyArgs(directory: string): readonly string[] {
  const { certificate, key } = clientFiles(directory);
  return [
    `--proxy-client-cert-file=${certificate}`,
    `--proxy-client-key-file=${key}`,
    `--requestheader-client-ca-file=${certificate}`,
    `--requestheader-allowed-names=${NAME}`,
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
  ];
}

function clientFiles(directory: string): { readonly certificate: string; readonly key: string } {
  return {
    certificate: join(directory, 'apiserver-client.crt'),
    key: join(directory, 'apiserver-client.key'),
  };
}
