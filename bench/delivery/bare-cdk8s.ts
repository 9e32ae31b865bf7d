/** `node bare-cdk8s.ts OBJECTS OUT`: a cdk8s app of the objects of a JSON file and nothing else, one file an object. */
import { readFileSync } from 'node:fs';
import { ApiObject, type ApiObjectProps, App, Chart, YamlOutputType } from 'cdk8s';

const [objects = '', outdir = ''] = process.argv.slice(2);
const app = new App({
  outdir,
  yamlOutputType: YamlOutputType.FILE_PER_RESOURCE,
  recordConstructMetadata: false,
});
const chart = new Chart(app, 'chart', { disableResourceNameHashes: true });
for (const [index, object] of JSON.parse(readFileSync(objects, 'utf8')).entries()) {
  new ApiObject(chart, String(index), object as ApiObjectProps);
}
app.synth();
