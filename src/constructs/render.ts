import type { Environment } from '../spec/index.ts';
import { newChart } from './chart.ts';
import type { Extension } from './extension.ts';
import { instanceLabels } from './labels.ts';
import type { Manifest } from './manifest.ts';
import { RealtimeEnvironment } from './realtime-environment.ts';
import { checkConstructs, checkObjects, explained } from './tree-check.ts';

/**
 * Turns an environment into its Kubernetes objects, in the order in which they are best applied. Pure: the same
 * environment gives the same objects on every machine. Secrets are referenced and not among them.
 *
 * @param environment what `parse` returned
 * @param extension what a company adds or replaces; nothing by default
 * @throws TidegateError when the extension fails, or adds what environments cannot have
 */
export function render(environment: Environment, extension: Extension = {}): readonly Manifest[] {
  const { name, namespace } = environment.metadata;
  const chart = newChart(name, namespace, instanceLabels(name));
  return explained(extension, () => {
    new RealtimeEnvironment(chart, 'environment', environment, extension);
    checkConstructs(chart);
    const objects = chart.toJson() as Manifest[];
    checkObjects(objects, namespace, extension);
    return objects;
  });
}
