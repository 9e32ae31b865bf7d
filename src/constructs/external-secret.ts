import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { durationMs, type ExternalSecretSource, type SecretKey } from '../spec/index.ts';
import { type Component, labels } from './labels.ts';

export interface ExternalSecretProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly component: Component;
  /** The Secret that is made of it, which has its name, and the key in it. */
  readonly secret: SecretKey;
  readonly source: ExternalSecretSource;
}

/**
 * A Secret that External Secrets fetches from a vault, and keeps when the vault has it no more: what runs goes on.
 *
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
export class ExternalSecret extends Construct {
  constructor(scope: Construct, id: string, { instance, component, secret, source }: ExternalSecretProps) {
    super(scope, id);
    const { store, key, property, refreshInterval } = source;
    new ApiObject(this, 'object', {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: secret.name, labels: labels(instance, component) },
      spec: {
        secretStoreRef: { kind: store.kind, name: store.name },
        // Durations of Go have no days.
        refreshInterval: `${durationMs(refreshInterval) / 60_000}m`,
        target: { name: secret.name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
        data: [{ secretKey: secret.key, remoteRef: { key, ...(property !== undefined && { property }) } }],
      },
    });
  }
}
