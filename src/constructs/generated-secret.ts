import { type Environment, newSecretData, type SecretRequirement } from '../spec/index.ts';
import { type Component, labels } from './labels.ts';
import type { Manifest } from './manifest.ts';

/** A Secret of texts, for a front door to create once. */
export interface SecretManifest extends Manifest {
  readonly stringData: Readonly<Record<string, string>>;
}

/** Part of the environment that each credential belongs to. */
const COMPONENT: Readonly<Record<SecretRequirement['role'], Component>> = {
  redis: 'redis',
  postgres: 'postgres',
  token: 'server',
  api: 'server',
};

/**
 * A Secret for a credential that the environment generates. Each call draws a new value, so it is no part of the render:
 * a front door calls it when the Secret is missing, and never replaces one that is there.
 */
export function generatedSecret(environment: Environment, requirement: SecretRequirement): SecretManifest {
  const { name, namespace } = environment.metadata;
  const component = COMPONENT[requirement.role];
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: requirement.name, namespace, labels: labels(name, component) },
    type: 'Opaque',
    stringData: newSecretData(requirement),
  };
}
