import { basename } from 'node:path';
import { TREE_KINDS, treeKinds } from '../../constructs/index.ts';
import { loadExtension } from '../../delivery/extension-file.ts';
import { kubernetesYaml } from '../../delivery/kubernetes-yaml.ts';
import { kindRules } from '../../operator/index.ts';

/** `tidegate operator values`: what the chart must know of the extension in the operator's image. */
export async function operatorValues({ config }: { readonly config: string }): Promise<void> {
  const added = treeKinds(await loadExtension(config)).slice(TREE_KINDS.length);
  const extension = { config: basename(config), rules: kindRules(added) };
  process.stdout.write(kubernetesYaml({ extension }));
}
