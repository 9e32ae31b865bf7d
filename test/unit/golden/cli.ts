import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { kubernetesYaml } from '../../../src/delivery/kubernetes-yaml.ts';
import { crd } from '../../../src/spec/index.ts';
import { podTemplates } from './pod-templates.ts';

/**
 * `node test/unit/golden/cli.ts v0.2.0`: writes below the environment of each file of that folder what becomes of it, and
 * the custom resources beside. For a release that is yet to come; what one was released with is never written again.
 */
const [release = ''] = process.argv.slice(2);
for (const file of globSync(join(import.meta.dirname, release, '*.yaml'))) {
  const text = readFileSync(file, 'utf8');
  const [environment] = text.split('\n---\n');
  const templates = podTemplates(parseAllDocuments(text)[0]?.toJS());
  writeFileSync(
    file,
    `${[environment?.trimEnd(), ...templates.map((one) => one.trimEnd())].join('\n---\n')}\n`,
  );
}
writeFileSync(join(import.meta.dirname, `../versions/crds/${release}.yaml`), kubernetesYaml(crd()));
