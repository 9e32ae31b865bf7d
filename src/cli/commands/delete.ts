import { HOLDS_DATA, treeKinds } from '../../constructs/index.ts';
import { type ObjectApi, type ObjectHealth, watchDeparture } from '../../delivery/cluster/index.ts';
import { extensionOf } from '../../delivery/extension-file.ts';
import { confirm } from '../confirmation.ts';
import type { ExtensionOption } from '../extension-option.ts';
import { interruption } from '../interruption.ts';
import { type ClusterOptions, withCluster } from '../live/cluster-options.ts';
import { type Deletion, deletionOf } from '../live/deletion.ts';
import { environmentInCluster } from '../live/environment-in-cluster.ts';
import { EXIT } from '../report.ts';
import { notInTime } from '../up/not-in-time.ts';
import { progressOf } from '../up/progress.ts';

interface DeleteOptions extends ClusterOptions, ExtensionOption {
  readonly yes: boolean;
  readonly wait: boolean;
  /** Seconds to wait. */
  readonly timeout: number;
}

/** `tidegate delete`: says what goes and what stays, asks, deletes, and waits until everything that goes is gone. */
export async function deleteCommand(name: string, options: DeleteOptions): Promise<void> {
  // Its specs may be elsewhere; those that are worked on are here.
  const kinds = treeKinds(await extensionOf(['.'], options.config));
  await withCluster(options, async (api, namespace) => {
    const deletion = deletionOf(await environmentInCluster(api, namespace, name, kinds));
    console.error(plan(`${namespace}/${name}`, deletion));
    if (!options.yes) await confirm(name, 'to delete it');
    const signal = interruption();
    await carryOut(api, deletion, signal);
    if (options.wait) await wait(api, { namespace, name }, deletion, options.timeout, signal);
    if (!signal.aborted) return;
    const again = `tidegate delete ${name} -n ${namespace}`;
    console.error(`Interrupted: what is deleted goes on to end; ${again} goes on with the rest`);
    process.exit(EXIT.interrupted);
  });
}

function plan(what: string, { goes, stays, unseen }: Deletion): string {
  const data = stays.filter(({ kind }) => HOLDS_DATA.has(kind));
  const shown = data.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(' ');
  return [
    `Of ${what} these go:`,
    ...goes.map(({ kind, metadata }) => `  ${kind} ${metadata.name}`),
    ...(stays.length === 0
      ? []
      : ['These stay:', ...stays.map(({ kind, metadata }) => `  ${kind} ${metadata.name}`)]),
    ...data
      .slice(0, 1)
      .map(({ metadata }) => `To delete the data too: kubectl -n ${metadata.namespace} delete ${shown}`),
    ...(unseen.length === 0 ? [] : [`Not looked for, since you may not: ${unseen.join(', ')}`]),
  ].join('\n');
}

async function carryOut(api: ObjectApi, { deleted }: Deletion, signal: AbortSignal): Promise<void> {
  for (const object of deleted) {
    if (signal.aborted) return;
    const there = await api.delete(object);
    console.log(`${object.kind} ${object.metadata.name} ${there ? 'deleted' : 'was gone already'}`);
  }
}

/** @throws TidegateError TG6008 with what is there still when the time is over, as far as that was seen */
async function wait(
  api: ObjectApi,
  environment: { readonly namespace: string; readonly name: string },
  { goes }: Deletion,
  timeout: number,
  signal: AbortSignal,
): Promise<void> {
  const progress = progressOf('text');
  const over = AbortSignal.any([signal, AbortSignal.timeout(timeout * 1_000)]);
  let last: readonly ObjectHealth[] = [];
  try {
    for await (const left of watchDeparture(api, environment, goes, over)) {
      if (left.length === 0) return;
      progress.health(left);
      last = left;
    }
  } finally {
    progress.end();
  }
  if (!signal.aborted) throw notInTime(environment, last);
}
