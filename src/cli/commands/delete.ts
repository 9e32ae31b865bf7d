import { createInterface } from 'node:readline/promises';
import type { ObjectApi } from '../../delivery/cluster/index.ts';
import { API_VERSION, KIND, TidegateError } from '../../spec/index.ts';
import { type ClusterOptions, withCluster } from '../live/cluster-options.ts';
import { type Deletion, deletionOf } from '../live/deletion.ts';
import { environmentInCluster } from '../live/environment-in-cluster.ts';

interface DeleteOptions extends ClusterOptions {
  readonly yes: boolean;
}

/** `tidegate delete`: says what goes and what stays, asks, and deletes. */
export async function deleteCommand(name: string, options: DeleteOptions): Promise<void> {
  await withCluster(options, async (api, namespace) => {
    const deletion = deletionOf(await environmentInCluster(api, namespace, name));
    console.error(plan(`${namespace}/${name}`, deletion));
    if (!options.yes) await confirm(name);
    await carryOut(api, deletion);
  });
}

function plan(what: string, { goes, stays, notes }: Deletion): string {
  return [
    `Of ${what} these go:`,
    ...goes.map(({ kind, metadata }) => `  ${kind} ${metadata.name}`),
    ...(stays.length === 0
      ? []
      : ['These stay:', ...stays.map(({ kind, metadata }) => `  ${kind} ${metadata.name}`)]),
    ...notes,
  ].join('\n');
}

/** The name must be typed: a y comes too easily. */
async function confirm(name: string): Promise<void> {
  if (!process.stdin.isTTY) throw TidegateError.of('TG6006', name, 'Nobody can be asked here');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const left = new AbortController();
  terminal.once('close', () => left.abort());
  const question = `Type the name of the environment to delete it: `;
  const answer = await terminal.question(question, { signal: left.signal }).catch(() => '');
  terminal.close();
  if (answer.trim() !== name)
    throw TidegateError.of('TG6006', name, 'Its name was not typed, and nothing is deleted');
}

async function carryOut(api: ObjectApi, { goes }: Deletion): Promise<void> {
  // The operator's own resource takes all the rest with it, by owner references.
  const roots = goes.filter(({ apiVersion, kind }) => apiVersion === API_VERSION && kind === KIND);
  for (const object of roots.length > 0 ? roots : goes) {
    const there = await api.delete(object);
    console.log(`${object.kind} ${object.metadata.name} ${there ? 'deleted' : 'was gone already'}`);
  }
}
