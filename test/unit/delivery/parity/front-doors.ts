import { runtime } from '@pulumi/pulumi';
import { parse as parseYaml } from 'yaml';
import type { Extension, FrontDoor, Manifest } from '../../../../src/constructs/index.ts';
import { appliedByHand } from '../../../../src/delivery/cluster/index.ts';
import { folderOf } from '../../../../src/delivery/gitops/index.ts';
import { RealtimeEnvironment } from '../../../../src/delivery/pulumi/index.ts';
import { desiredObjects } from '../../../../src/operator/environment/desired.ts';
import { type EnvironmentInput, parse } from '../../../../src/spec/index.ts';

/** What arrives of an environment through a front door: in files, at the provider, at the API server. */
export const FRONT_DOORS: Readonly<
  Record<FrontDoor, (document: EnvironmentInput, extension?: Extension) => Promise<readonly Manifest[]>>
> = {
  async gitops(document, extension) {
    return filesOf(document, extension);
  },

  async cli(document, extension) {
    return JSON.parse(JSON.stringify(appliedByHand(parse(document), extension)));
  },

  async operator(document, extension) {
    const environment = parse(document);
    const owner = { metadata: { ...environment.metadata, uid: '9d2ee5d2-8b4c-4f5e-a7fb-0c1f7c7a2d11' } };
    return JSON.parse(JSON.stringify(desiredObjects(environment, owner, extension)));
  },

  async pulumi(document, extension) {
    await mocked;
    programs += 1;
    const name = `program-${programs}`;
    const { objects } = new RealtimeEnvironment(name, document, { extension });
    await Promise.all(objects.map(({ urn }) => new Promise((known) => urn.apply(known))));
    const inputs = registered.get(name) ?? [];
    registered.delete(name);
    return inputs;
  },
};

/** The objects that `kubectl apply -k` would send. */
function filesOf(document: EnvironmentInput, extension?: Extension): readonly Manifest[] {
  const folder = folderOf(parse(document), extension);
  const { resources } = parseYaml(folder.get('kustomization.yaml') ?? '') as { resources: readonly string[] };
  return resources.map((name) => parseYaml(folder.get(name) ?? '', { version: '1.1' }));
}

let programs = 0;
const registered = new Map<string, Manifest[]>();

/** Stands for the engine, and keeps the inputs of each component's children. */
const mocked = runtime.setMocks({
  call: ({ inputs }) => inputs,
  newResource: ({ name, type, inputs }) => {
    const [component = ''] = name.split('/');
    if (type.startsWith('kubernetes:'))
      registered.set(component, [...(registered.get(component) ?? []), inputs]);
    return { id: name, state: inputs };
  },
});
