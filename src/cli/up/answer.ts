import { type Delivered, differencesOf, type ObjectHealth, type Plan } from '../../delivery/cluster/index.ts';
import { endpoints, TidegateError } from '../../spec/index.ts';
import { comparisonText } from '../comparison-text.ts';
import { EXIT, reportAndExit } from '../report.ts';
import type { UpOptions } from './options.ts';

/** What would be done, of `--dry-run`. */
export function tellPlan(plan: Plan, { output }: UpOptions): void {
  const differences = differencesOf(plan);
  if (output === 'json') console.log(JSON.stringify({ differences, errors: [] }, null, 2));
  else process.stdout.write(comparisonText(differences));
}

/** That everything is done. */
export function tellEnd(plan: Plan, done: readonly Delivered[], { wait, output }: UpOptions): void {
  const { environment, examined } = plan;
  const { namespace, name } = environment.metadata;
  const count = (wanted: Delivered['did']) => done.filter(({ did }) => did === wanted).length;
  const [created, changed, deleted] = [count('created'), count('changed'), count('deleted')];
  const urls = endpoints(environment.spec).map(({ url }) => url);
  if (output === 'json') {
    tellEvent({ namespace, name, ready: wait, created, changed, deleted, urls });
    return;
  }
  const what =
    created + changed + deleted === 0
      ? `nothing was to be done, ${examined.length} objects are as the spec says`
      : `${created} created, ${changed} changed, ${deleted} deleted`;
  console.log(`${namespace}/${name} is ${wait ? 'ready' : 'applied'}: ${what}`);
  for (const url of urls) console.log(`Clients connect to ${url}`);
}

/** That it was stopped, and what goes on. */
export function interrupt({ environment }: Plan, objects: readonly ObjectHealth[]): never {
  const { namespace, name } = environment.metadata;
  const open = objects.filter(({ state }) => state !== 'ready').length;
  const goesOn =
    open === 0 ? 'what was applied stays' : `${open} objects are not ready yet, and go on by themselves`;
  console.error(
    `Interrupted: ${goesOn}. tidegate status ${name} -n ${namespace} shows how it does; tidegate up goes on`,
  );
  process.exit(EXIT.interrupted);
}

/** That it failed, or was refused; as JSON that is an event like all others. */
export function fail(error: unknown, { output }: UpOptions, exitCode: number): never {
  if (output === 'text' || !(error instanceof TidegateError)) reportAndExit(error, false, exitCode);
  tellEvent({ ready: false, errors: error.problems });
  process.exit(exitCode);
}

function tellEvent(end: object): void {
  console.log(JSON.stringify({ event: 'end', ...end }));
}
