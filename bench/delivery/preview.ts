import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { owned, render } from '../../src/constructs/index.ts';
import { startControlPlane } from '../../test/cluster/control-plane/start.ts';
import { installCustomResources } from '../../test/cluster/custom-resources.ts';
import { kubectlFor } from '../../test/cluster/kubectl.ts';
import { pulumiProject } from '../../test/integration/pulumi/pulumi-project.ts';
import { type Cost, inTurns } from './cost.ts';
import { example } from './environments.ts';
import type { Work } from './work.ts';

const COMPONENT = `
import { readFileSync } from 'node:fs';
import { RealtimeEnvironment } from './src/delivery/pulumi/index.ts';

new RealtimeEnvironment('chat', JSON.parse(readFileSync('environment.json', 'utf8')));
`;

/** The same objects, each a resource of its class, without a component, a schema or a render. */
const BY_HAND = `
import { readFileSync } from 'node:fs';
import { resourceClass } from './src/delivery/pulumi/resource-class.ts';

for (const object of JSON.parse(readFileSync('objects.json', 'utf8'))) {
  new (resourceClass(object))(object.kind + '/' + object.metadata.name, object, { ignoreChanges: ['stringData', 'data'] });
}
`;

/** Previews what is there already. */
async function previewer(kubeconfig: string, namespace: string, program: string) {
  await (await kubectlFor(kubeconfig))(['create', 'namespace', namespace]);
  const { metadata, ...rest } = example();
  const annotations = { 'pulumi.com/skipAwait': 'true' };
  const environment = { ...rest, metadata: { ...metadata, namespace, annotations } };
  const project = await pulumiProject(kubeconfig, program);
  writeFileSync(join(project.directory, 'environment.json'), JSON.stringify(environment));
  const objects = owned(render(environment), 'pulumi').map((object) => ({
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } },
  }));
  writeFileSync(join(project.directory, 'objects.json'), JSON.stringify(objects));
  await project.pulumi('stack', 'init', 'dev');
  await project.pulumi('up', '--yes', '--skip-preview', '--stack', 'dev');
  return {
    remove: () => project.remove(),
    async run(): Promise<Cost> {
      const started = performance.now();
      await project.pulumi('preview', '--expect-no-changes', '--stack', 'dev');
      return {
        seconds: (performance.now() - started) / 1_000,
        cpuSeconds: Number.NaN,
        megabytes: Number.NaN,
      };
    },
  };
}

export const preview: Work = {
  name: 'preview',
  goal: 'pulumi preview without a change within 10 % of the same objects by hand',
  async run({ runs }) {
    const { kubeconfig, stop } = await startControlPlane();
    try {
      await installCustomResources(kubeconfig);
      const component = await previewer(kubeconfig, 'component', COMPONENT);
      const byHand = await previewer(kubeconfig, 'by-hand', BY_HAND);
      const { ours, theirs } = await inTurns(runs, { ours: component.run, theirs: byHand.run });
      component.remove();
      byHand.remove();
      const seconds = (name: string, cost: Cost) => `${name.padEnd(24)} ${cost.seconds.toFixed(2)} s`;
      return {
        lines: [
          seconds('a component', ours),
          seconds('objects by hand', theirs),
          `component : by hand: ${(ours.seconds / theirs.seconds).toFixed(2)} by the clock`,
        ],
        met: ours.seconds <= 1.1 * theirs.seconds,
      };
    } finally {
      await stop();
    }
  },
};
