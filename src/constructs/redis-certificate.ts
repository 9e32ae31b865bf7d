import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { SecretKey, StoreCertificate } from '../spec/index.ts';
import { labels } from './labels.ts';
import { type SecretFiles, secretFiles } from './secret-file.ts';

/** The certificate that Redis shows, as files of its containers. */
export interface RedisCertificate extends SecretFiles {
  /** Key with the authorities that clients check it with. */
  readonly authorities: SecretKey;
}

/** Where its files are in every container of Redis. */
export const TLS_FILES = {
  certificate: '/etc/tidegate/tls/tls.crt',
  key: '/etc/tidegate/tls/tls.key',
  authorities: '/etc/tidegate/tls/ca.crt',
};

interface RedisCertificateProps {
  /** Name of the environment; a certificate that is made is called `<instance>-redis`. */
  readonly instance: string;
  readonly spec: StoreCertificate;
  /** Names by which clients call the servers. */
  readonly names: readonly string[];
}

/**
 * The Secret of a certificate, and the Certificate of cert-manager that fills it where an issuer is named.
 *
 * @see https://cert-manager.io/docs/usage/certificate/
 */
export function redisCertificate(
  scope: Construct,
  { instance, spec, names }: RedisCertificateProps,
): RedisCertificate {
  const secretName = spec.secretName ?? `${instance}-redis-tls`;
  if (spec.issuer !== undefined) {
    new ApiObject(scope, 'certificate', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: `${instance}-redis`, labels: labels(instance, 'redis') },
      spec: {
        secretName,
        dnsNames: [...names],
        // Replicas and Sentinels are clients of each other.
        usages: ['server auth', 'client auth'],
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
        issuerRef: { group: 'cert-manager.io', kind: spec.issuer.kind, name: spec.issuer.name },
      },
    });
  }
  const files = secretFiles('tls', secretName, '/etc/tidegate/tls', {
    'tls.crt': 'tls.crt',
    'tls.key': 'tls.key',
    'ca.crt': 'ca.crt',
  });
  return { ...files, authorities: { name: secretName, key: 'ca.crt' } };
}
