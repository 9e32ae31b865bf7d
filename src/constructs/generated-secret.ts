import {
  type Environment,
  type GeneratedRequirement,
  newSecretData,
  type SecretData,
  type SecretRequirement,
  type SecretRole,
} from '../spec/index.ts';
import { type Component, labels } from './labels.ts';
import type { Manifest } from './manifest.ts';

/** A Secret of texts, for a front door to create once. */
export interface SecretManifest extends Manifest {
  readonly type: 'Opaque';
  readonly stringData: SecretData;
}

/** Part of the environment that each credential belongs to. */
const COMPONENT: Readonly<Record<SecretRole, Component>> = {
  redis: 'redis',
  postgres: 'postgres',
  token: 'server',
  api: 'server',
};

export function componentOf(role: SecretRole): Component {
  return COMPONENT[role];
}

/** A Secret of an environment, for a front door to create. */
export function secretManifest(
  { metadata: { name: instance, namespace } }: Environment,
  { role, name }: Pick<SecretRequirement, 'role' | 'name'>,
  stringData: SecretData,
): SecretManifest {
  const metadata = { name, namespace, labels: labels(instance, componentOf(role)) };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', stringData };
}

/**
 * A Secret for a credential that the environment generates. Each call draws a new value, so it is no part of the render:
 * a front door calls it when the Secret is missing, and never replaces one that is there.
 */
export function generatedSecret(environment: Environment, requirement: GeneratedRequirement): SecretManifest {
  return secretManifest(environment, requirement, newSecretData(requirement));
}
