/** What one environment costs: `node bench/render.ts`. Prints the median of many rounds in milliseconds. */
import { render } from '../src/constructs/index.ts';
import { readEnvironments } from '../src/delivery/environment-files.ts';
import { folderOf } from '../src/delivery/gitops/index.ts';
import { parse } from '../src/spec/index.ts';

const [environment] = readEnvironments(['environments/staging.yaml']);
if (environment === undefined) throw new Error('environments/staging.yaml holds no environment');

function medianMs(work: () => unknown): string {
  for (let round = 0; round < 50; round += 1) work();
  const times = Array.from({ length: 201 }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  }).sort((a, b) => a - b);
  return (times[100] ?? 0).toFixed(3);
}

console.log(`validate  ${medianMs(() => parse(environment))} ms`);
console.log(`render    ${medianMs(() => render(environment))} ms, ${render(environment).length} objects`);
console.log(`write     ${medianMs(() => folderOf(environment))} ms, rendering and YAML without the disk`);
