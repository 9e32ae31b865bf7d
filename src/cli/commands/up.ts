import { HOLDS_DATA } from '../../constructs/index.ts';
import {
  connect,
  type Delivered,
  deliver,
  differencesOf,
  ensureNamespace,
  nameOf,
  ObjectApi,
  type ObjectHealth,
  type Plan,
  planOf,
  refusal,
  watchHealth,
} from '../../delivery/cluster/index.ts';
import { readExtended } from '../../delivery/extension-file.ts';
import { endpoints } from '../../spec/index.ts';
import { comparisonText } from '../comparison-text.ts';
import { confirm } from '../confirmation.ts';
import { interruption } from '../interruption.ts';
import { EXIT, reportAndExit } from '../report.ts';
import { chosen } from '../up/choice.ts';
import { notInTime } from '../up/not-in-time.ts';
import type { UpOptions } from '../up/options.ts';
import { type Progress, progressOf } from '../up/progress.ts';

/** `tidegate up`: brings an environment to what its spec says, and waits until it is ready. */
export async function up(paths: readonly string[], options: UpOptions): Promise<void> {
  const json = options.output === 'json';
  const signal = interruption();
  let api: ObjectApi;
  let plan: Plan;
  try {
    ({ api, plan } = await prepare(paths, options));
  } catch (error) {
    reportAndExit(error, json, EXIT.usage);
  }
  if (options.dryRun) return tellPlan(plan, json);
  const progress = progressOf(options.output);
  try {
    const done = await carryOut(api, plan, progress, signal);
    const objects =
      options.wait && !signal.aborted ? await wait(api, plan, options.timeout, progress, signal) : [];
    progress.end();
    if (signal.aborted) return tellInterruption(plan, objects);
    tellEnd(plan, done, options);
  } catch (error) {
    progress.end();
    reportAndExit(error, json);
  }
}

/** Everything that can be refused before the first write. */
async function prepare(
  paths: readonly string[],
  options: UpOptions,
): Promise<{ api: ObjectApi; plan: Plan }> {
  const { environments, extension } = await readExtended(paths, options.config);
  const environment = chosen(environments, options.environment);
  const { name, namespace } = environment.metadata;
  const config = await connect(options);
  const api = ObjectApi.of(config);
  const told = (error: unknown) => {
    throw refusal(error, config.getCurrentCluster()?.server ?? 'cluster');
  };
  if (options.createNamespace && !options.dryRun) await ensureNamespace(api, namespace).catch(told);
  const plan = await planOf(api, environment, { prune: options.prune, extension }).catch(told);
  const lost = plan.left.filter(({ kind }) => HOLDS_DATA.has(kind));
  if (lost.length > 0 && !options.dryRun && !options.yes) {
    console.error(`These are no longer in the spec and go, with their data: ${lost.map(nameOf).join(', ')}`);
    await confirm(name, 'to delete them');
  }
  return { api, plan };
}

function tellPlan(plan: Plan, json: boolean): void {
  const differences = differencesOf(plan);
  if (json) console.log(JSON.stringify({ differences, errors: [] }, null, 2));
  else process.stdout.write(comparisonText(differences));
}

async function carryOut(
  api: ObjectApi,
  plan: Plan,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly Delivered[]> {
  const done: Delivered[] = [];
  for await (const one of deliver(api, plan)) {
    progress.delivered(one);
    done.push(one);
    if (signal.aborted) break;
  }
  return done;
}

/** @throws TidegateError TG6008 with what is not ready when the time is over */
async function wait(
  api: ObjectApi,
  { environment, examined }: Plan,
  timeout: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly ObjectHealth[]> {
  const manifests = examined.map(({ manifest }) => manifest);
  const over = AbortSignal.timeout(timeout * 1_000);
  let last: readonly ObjectHealth[] = [];
  for await (const objects of watchHealth(
    api,
    environment.metadata,
    manifests,
    AbortSignal.any([signal, over]),
  )) {
    progress.health(objects);
    last = objects;
    if (objects.every(({ state }) => state === 'ready')) return objects;
  }
  if (signal.aborted) return last;
  throw notInTime(
    environment.metadata,
    last.filter(({ state }) => state !== 'ready'),
  );
}

function tellInterruption({ environment }: Plan, objects: readonly ObjectHealth[]): void {
  const { namespace, name } = environment.metadata;
  const open = objects.filter(({ state }) => state !== 'ready').length;
  const goesOn =
    open === 0 ? 'what was applied stays' : `${open} objects are not ready yet, and go on by themselves`;
  console.error(
    `Interrupted: ${goesOn}. tidegate status ${name} -n ${namespace} shows how it does; tidegate up goes on`,
  );
  process.exitCode = EXIT.interrupted;
}

function tellEnd(plan: Plan, done: readonly Delivered[], { wait: waited, output }: UpOptions): void {
  const { environment, examined } = plan;
  const { namespace, name } = environment.metadata;
  const count = (wanted: Delivered['did']) => done.filter(({ did }) => did === wanted).length;
  const [created, changed, deleted] = [count('created'), count('changed'), count('deleted')];
  const urls = endpoints(environment.spec).map(({ url }) => url);
  if (output === 'json') {
    console.log(
      JSON.stringify({ event: 'end', namespace, name, ready: waited, created, changed, deleted, urls }),
    );
    return;
  }
  const what =
    created + changed + deleted === 0
      ? `nothing was to be done, ${examined.length} objects are as the spec says`
      : `${created} created, ${changed} changed, ${deleted} deleted`;
  console.log(`${namespace}/${name} is ${waited ? 'ready' : 'applied'}: ${what}`);
  for (const url of urls) console.log(`Clients connect to ${url}`);
}
