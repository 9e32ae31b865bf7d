import { type Environment, newSecretValue, type SecretRequirement } from '../spec/index.ts';
import { labels } from './labels.ts';
import type { Manifest } from './manifest.ts';

/** A Secret with one text value, for a front door to create once. */
export interface SecretManifest extends Manifest {
  readonly stringData: Readonly<Record<string, string>>;
}

/**
 * A Secret for a credential that the environment generates. Each call draws a new value, so it is no part of the render:
 * a front door calls it when the Secret is missing, and never replaces one that is there.
 */
export function generatedSecret(environment: Environment, requirement: SecretRequirement): SecretManifest {
  const { name, namespace } = environment.metadata;
  const component = requirement.role === 'token' ? 'server' : requirement.role;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: requirement.name, namespace, labels: labels(name, component) },
    type: 'Opaque',
    stringData: { [requirement.key]: newSecretValue() },
  };
}
