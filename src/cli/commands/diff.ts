import { owned, render, treeKinds } from '../../constructs/index.ts';
import {
  type Comparison,
  type ConnectOptions,
  compare,
  connect,
  deletionOf,
  leftBehind,
  ObjectApi,
  withLiveImage,
} from '../../delivery/cluster/index.ts';
import { readExtended } from '../../delivery/extension-file.ts';
import { TidegateError } from '../../spec/index.ts';
import { comparisonText } from '../comparison-text.ts';
import type { ExtensionOption } from '../extension-option.ts';
import { DIFF_EXIT, reportAndExit } from '../report.ts';

interface DiffOptions extends ConnectOptions, ExtensionOption {
  readonly fieldManager?: string;
  readonly prune: boolean;
  readonly output: 'text' | 'json';
}

/** `tidegate diff`: shows what an apply from Git would change in a cluster, and changes nothing. */
export async function diff(paths: readonly string[], options: DiffOptions): Promise<void> {
  const json = options.output === 'json';
  try {
    const comparison = await compareAll(paths, options);
    if (json) console.log(JSON.stringify(jsonOf(comparison), null, 2));
    else process.stdout.write(comparisonText(comparison.differences));
    if (comparison.problems.length > 0) {
      // In JSON they are told already, as part of the one answer.
      if (json) process.exit(DIFF_EXIT.failed);
      throw new TidegateError(comparison.problems);
    }
    const same = comparison.differences.every(({ action }) => action === 'none');
    process.exitCode = same ? DIFF_EXIT.same : DIFF_EXIT.different;
  } catch (error) {
    reportAndExit(error, json, DIFF_EXIT.failed);
  }
}

async function compareAll(paths: readonly string[], options: DiffOptions): Promise<Comparison> {
  const { environments: given, extension } = await readExtended(paths, options.config);
  const api = ObjectApi.of(await connect(options));
  const environments = await Promise.all(
    // What cannot be read cannot be compared either, which says so.
    given.map((environment) => withLiveImage(api, environment).catch(() => environment)),
  );
  const manifests = environments.flatMap((environment) => owned(render(environment, extension), 'gitops'));
  const comparison = await compare(api, manifests, 'gitops', options.fieldManager);
  if (!options.prune) return comparison;
  const gone = await leftBehind(api, environments, manifests, treeKinds(extension), 'gitops');
  return {
    differences: [...comparison.differences, ...gone.objects.map(deletionOf)],
    problems: [...comparison.problems, ...gone.problems, ...gone.forbidden],
  };
}

function jsonOf({ differences, problems }: Comparison): object {
  return { differences, errors: problems };
}
