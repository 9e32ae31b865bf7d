import { inject } from 'vitest';
import { command } from '../../cluster/command.ts';
import { toolPath } from '../../cluster/tools/tool-path.ts';

export const OPERATOR_CHART = 'charts/tidegate';
export const CRD_CHART = 'charts/tidegate-crds';

/** Runs helm against the API server of the tests. */
export async function helm(...args: readonly string[]): Promise<string> {
  return command(await toolPath('helm'), [...args, '--kubeconfig', inject('kubeconfig')]);
}

/** What the operator's chart becomes with some values. */
export function rendered(values: object = {}, namespace = 'default'): Promise<string> {
  const sets = Object.entries(values).flatMap(([name, value]) => [
    '--set-json',
    `${name}=${JSON.stringify(value)}`,
  ]);
  return helm('template', 'tidegate', OPERATOR_CHART, '--namespace', namespace, ...sets);
}
