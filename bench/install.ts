/** `node bench/install.ts [contender…]`: has everything at hand that the benchmark runs, which takes minutes once. */
import { CONTENDERS } from './contenders.ts';
import { buildGenerator } from './generator.ts';

const wanted = process.argv.slice(2);
await buildGenerator();
for (const contender of CONTENDERS) {
  if (wanted.length === 0 || wanted.includes(contender.name)) await contender.install();
}
