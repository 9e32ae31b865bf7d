import { render } from '../../../src/constructs/index.ts';
import { kubernetesYaml } from '../../../src/delivery/kubernetes-yaml.ts';
import { parse } from '../../../src/spec/index.ts';
import { workloads } from '../constructs/pods.ts';

/** Templates of everything that makes pods, as YAML: what differs in one of these replaces the pods. */
export function podTemplates(document: unknown): readonly string[] {
  return workloads(render(parse(document))).map(({ kind, metadata: { name }, spec: { template } }) =>
    kubernetesYaml({ kind, metadata: { name }, spec: { template } }),
  );
}
