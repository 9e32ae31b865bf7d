import { stringify } from 'yaml';

/**
 * Writes YAML that Kubernetes' tools read as it was meant: they follow YAML 1.1, in which a bare `off` or `yes` is no text
 * but a boolean.
 */
export function kubernetesYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}
