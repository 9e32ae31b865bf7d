import { App, Chart } from 'cdk8s';
import type { Environment } from '../spec/index.ts';
import type { Manifest } from './manifest.ts';
import { RealtimeEnvironment } from './realtime-environment.ts';

/**
 * Turns an environment into its Kubernetes objects, in the order in which they are best applied. Pure: the same
 * environment gives the same objects on every machine. Secrets are referenced and not among them.
 *
 * @param environment what `parse` returned
 */
export function render(environment: Environment): readonly Manifest[] {
  // Given, not left to default: cdk8s would read them from the process's environment.
  const app = new App({ outdir: 'dist', recordConstructMetadata: false });
  const chart = new Chart(app, environment.metadata.name, {
    namespace: environment.metadata.namespace,
    disableResourceNameHashes: true,
  });
  new RealtimeEnvironment(chart, 'environment', environment);
  return chart.toJson() as Manifest[];
}
