import { HOLDS_DATA } from '../../constructs/index.ts';
import {
  connect,
  type Delivered,
  deliver,
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
import { confirm } from '../confirmation.ts';
import { interruption } from '../interruption.ts';
import { EXIT } from '../report.ts';
import { fail, interrupt, tellEnd, tellPlan } from '../up/answer.ts';
import { chosen } from '../up/choice.ts';
import { notInTime } from '../up/not-in-time.ts';
import type { UpOptions } from '../up/options.ts';
import { progressOf } from '../up/progress.ts';
import type { Progress } from '../up/progress-lines.ts';

/** `tidegate up`: brings an environment to what its spec says, and waits until it is ready. */
export async function up(paths: readonly string[], options: UpOptions): Promise<void> {
  const { api, plan } = await prepare(paths, options).catch((error) => fail(error, options, EXIT.usage));
  if (options.dryRun) return tellPlan(plan, options);
  const progress = progressOf(options.output);
  const signal = interruption();
  try {
    const done = await carryOut(api, plan, progress, signal);
    const objects =
      options.wait && !signal.aborted ? await wait(api, plan, options.timeout, progress, signal) : [];
    progress.end();
    if (signal.aborted) interrupt(plan, objects);
    tellEnd(plan, done, options);
  } catch (error) {
    progress.end();
    const { namespace, name } = plan.environment.metadata;
    fail(refusal(error, `${namespace}/${name}`), options, EXIT.failed);
  }
}

/** Everything that can be refused before the first write. */
async function prepare(
  paths: readonly string[],
  options: UpOptions,
): Promise<{ readonly api: ObjectApi; readonly plan: Plan }> {
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

async function carryOut(
  api: ObjectApi,
  plan: Plan,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly Delivered[]> {
  const done: Delivered[] = [];
  for await (const one of deliver(api, plan, signal)) {
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
  const over = AbortSignal.any([signal, AbortSignal.timeout(timeout * 1_000)]);
  let last: readonly ObjectHealth[] = [];
  for await (const objects of watchHealth(api, environment.metadata, manifests, over)) {
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
