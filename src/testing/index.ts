import type { Chart } from 'cdk8s';
import { newChart } from '../constructs/chart.ts';
import { type Extension, type Manifest, render } from '../constructs/index.ts';
import { API_VERSION, type EnvironmentInput, KIND, parse } from '../spec/index.ts';

type Spec = EnvironmentInput['spec'];

/** What tests of extensions and of constructs need. Nothing of it reads files, asks the network or writes anything. */
export const Testing = {
  /**
   * The smallest environment that is right, `chat` in `chat-test`, as it would stand in a file: for `parse`, a Pulumi component
   * or `kubectl apply`.
   *
   * @param spec fields that are added or replaced
   */
  environment(spec: Partial<Spec> = {}): EnvironmentInput {
    return {
      apiVersion: API_VERSION,
      kind: KIND,
      metadata: { name: 'chat', namespace: 'chat-test' },
      spec: { host: 'chat.example.com', route: { ingress: { className: 'contour' } }, ...spec },
    };
  },

  /**
   * The objects of that environment, as every front door renders them.
   *
   * @throws SpecError when it breaks a rule, of the extension or of Tidegate
   * @throws TidegateError when the extension fails, or adds what environments cannot have
   */
  render(spec: Partial<Spec> = {}, extension: Extension = {}): readonly Manifest[] {
    return render(parse(Testing.environment(spec), extension.rules), extension);
  },

  /**
   * The objects of a chart of one's own, in the namespace `chat-test`.
   *
   * @param fill puts constructs into the chart
   * @throws Error when a construct is refused, with its path
   */
  synth(fill: (chart: Chart) => void): readonly Manifest[] {
    const chart = newChart('test', 'chat-test');
    fill(chart);
    return chart.toJson();
  },

  /**
   * The object of a kind and a name.
   *
   * @throws Error that lists what there is, when there is no such object
   */
  find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
    const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
    if (found !== undefined) return found;
    const there = manifests.map((one) => `${one.kind}/${one.metadata.name}`).join(', ');
    throw new Error(`There is no ${kind}/${name} among ${there}`);
  },
};
