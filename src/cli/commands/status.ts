import { styleText } from 'node:util';
import type { ObjectApi } from '../../delivery/cluster/index.ts';
import { columns } from '../columns.ts';
import { type ClusterOptions, withCluster } from '../live/cluster-options.ts';
import { allEnvironments, environmentStatus, type ShownStatus } from '../live/status.ts';
import { EXIT } from '../report.ts';

interface StatusOptions extends ClusterOptions {
  readonly allNamespaces: boolean;
  readonly output: 'text' | 'json';
}

/** `tidegate status`: how an environment does, or all of them in a line each; fails unless all are ready. */
export async function status(name: string | undefined, options: StatusOptions): Promise<void> {
  let where: string | undefined;
  const shown = await withCluster(options, async (api, namespace) => {
    where = options.allNamespaces ? undefined : namespace;
    return name === undefined ? all(api, where) : [await environmentStatus(api, namespace, name)];
  });
  const [only] = shown;
  if (options.output === 'json') {
    console.log(JSON.stringify(name === undefined ? { environments: shown } : only, null, 2));
  } else if (name !== undefined && only !== undefined) process.stdout.write(details(only));
  else if (shown.length === 0) console.error(none(where));
  else process.stdout.write(list(shown));
  if (shown.some(({ ready }) => !ready)) process.exitCode = EXIT.failed;
}

function none(namespace: string | undefined): string {
  if (namespace === undefined) return 'There are no environments';
  return `There are no environments in namespace ${namespace}; -n names another, -A stands for all`;
}

async function all(api: ObjectApi, namespace: string | undefined): Promise<readonly ShownStatus[]> {
  const found = await allEnvironments(api, namespace);
  return Promise.all(found.map((one) => environmentStatus(api, one.namespace, one.name)));
}

function list(shown: readonly ShownStatus[]): string {
  const rows = shown.map(({ namespace, name, ready, frontDoor, reason }) => [
    namespace,
    name,
    ready ? 'yes' : 'no',
    frontDoor || '–',
    reason,
  ]);
  return columns(['NAMESPACE', 'NAME', 'READY', 'DELIVERED BY', 'REASON'], rows);
}

function details({
  namespace,
  name,
  ready,
  frontDoor,
  reason,
  urls,
  conditions,
  objects,
}: ShownStatus): string {
  const head = [
    `${namespace}/${name} is ${ready ? styleText('green', 'ready') : styleText('red', 'not ready')}: ${reason}`,
    ...(frontDoor === '' ? [] : [`Delivered by ${frontDoor}`]),
    ...urls.map((url) => `Clients connect to ${url}`),
  ];
  const parts = [`${head.join('\n')}\n`];
  if (conditions.length > 0) {
    const rows = conditions.map(({ type, status, reason, message }) => [type, status, reason, message]);
    parts.push(columns(['CONDITION', 'STATUS', 'REASON', 'MESSAGE'], rows));
  }
  if (objects.length > 0) {
    const rows = objects.map(({ kind, name, state, reason }) => [kind, name, state, reason]);
    parts.push(columns(['OBJECT', 'NAME', 'STATE', 'REASON'], rows));
    const remedies = objects.flatMap(({ kind, name, remedy }) =>
      remedy === '' ? [] : [[kind, name, remedy]],
    );
    if (remedies.length > 0) parts.push(columns(['OBJECT', 'NAME', 'WHAT TO DO'], remedies));
  }
  return parts.join('\n');
}
