import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { KubeConfig, V1Pod } from '@kubernetes/client-node';
import { COMPONENT, INSTANCE, selectorOf } from '../../constructs/index.ts';
import { type ObjectApi, refusal } from '../../delivery/cluster/index.ts';
import { TidegateError } from '../../spec/index.ts';
import { type ClusterOptions, withCluster } from '../live/cluster-options.ts';
import { type LogQuery, type LogSource, logLines } from '../live/pod-logs.ts';

interface LogsOptions extends ClusterOptions, LogQuery {
  readonly component: string;
  readonly container?: string;
}

const POD = { apiVersion: 'v1', kind: 'Pod' };

/** How often is looked for pods that came since. */
const LOOK_AGAIN_MS = 2_000;

/** `tidegate logs`: what the pods of an environment wrote, each line with its pod where there are several. */
export async function logs(name: string, options: LogsOptions): Promise<void> {
  // Whoever reads has read enough, as `head` does.
  process.stdout.once('error', () => process.exit(0));
  await withCluster(options, async (api, namespace, config) => {
    const look = () => runs(api, namespace, name, options);
    const first = await look();
    if (options.follow) return followAll(config, look, options);
    if (first.size === 0) throw await nothingToRead(api, namespace, name, options.component);
    for (const source of first.values()) await print(config, source, options, first.size > 1);
  });
}

/** Why there is no log: no such environment, no such component, or nothing of it that has started. */
async function nothingToRead(
  api: ObjectApi,
  namespace: string,
  name: string,
  component: string,
): Promise<TidegateError> {
  const pods = await api.list(POD, { namespace, labelSelector: selectorOf({ [INSTANCE]: name }) });
  const components = [...new Set(pods.map(({ metadata }) => metadata.labels?.[COMPONENT] ?? ''))].sort();
  const path = `${namespace}/${name}`;
  if (pods.length === 0) return TidegateError.of('TG6005', path, 'It has no pods');
  if (!components.includes(component)) {
    const reason = `It has no pods of a component ${component}`;
    return TidegateError.of('TG6005', path, reason, `Give --component with one of ${components.join(', ')}`);
  }
  const reason = `No pod of its component ${component} has such a container that has started`;
  return TidegateError.of('TG6005', path, reason, `See tidegate status ${name} -n ${namespace} for why`);
}

/** Follows what runs and what comes, until the process is ended. */
async function followAll(
  config: KubeConfig,
  look: () => Promise<ReadonlyMap<string, LogSource>>,
  options: LogsOptions,
): Promise<never> {
  const followed = new Set<string>();
  for (;;) {
    for (const [run, source] of await look()) {
      if (followed.has(run)) continue;
      followed.add(run);
      print(config, source, options, true).catch((error) => {
        const told = refusal(error, source.pod);
        console.error(`tidegate: ${told instanceof Error ? told.message : told}`);
      });
    }
    await pause(LOOK_AGAIN_MS);
  }
}

async function print(
  config: KubeConfig,
  source: LogSource,
  query: LogQuery,
  several: boolean,
): Promise<void> {
  const prefix = several ? `${source.pod}  ` : '';
  for await (const line of logLines(config, source, query)) {
    if (!process.stdout.write(`${prefix}${line}\n`)) await once(process.stdout, 'drain');
  }
}

/** The runs of containers that have a log, by a key that is new after each restart. */
async function runs(
  api: ObjectApi,
  namespace: string,
  name: string,
  { component, container }: LogsOptions,
): Promise<ReadonlyMap<string, LogSource>> {
  const labelSelector = selectorOf({ [INSTANCE]: name, [COMPONENT]: component });
  const pods = (await api.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { namespace, labelSelector },
  )) as unknown as readonly V1Pod[];
  return new Map(
    pods.flatMap(({ metadata, spec, status }) => {
      const wanted = container ?? spec?.containers[0]?.name ?? '';
      const run = status?.containerStatuses?.find((one) => one.name === wanted);
      if (run === undefined || (run.state?.waiting !== undefined && run.restartCount === 0)) return [];
      const source = { namespace, pod: metadata?.name ?? '', container: wanted };
      return [[`${metadata?.uid} ${run.restartCount}`, source] as const];
    }),
  );
}
