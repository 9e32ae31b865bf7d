import { App, Chart } from 'cdk8s';

/** A chart in an app of its own, in which objects have the very names that they are given. */
export function newChart(id: string, namespace: string, labels: Record<string, string> = {}): Chart {
  // Given, not left to default: cdk8s would read them from the process's environment.
  const app = new App({ outdir: 'dist', recordConstructMetadata: false });
  return new Chart(app, id, { namespace, disableResourceNameHashes: true, labels });
}
