import type { Chart } from 'cdk8s';
import { failureOf } from '../platform/failure.ts';
import { ERRORS, type ErrorCode, type Problem, TidegateError } from '../spec/index.ts';
import type { Extension } from './extension.ts';
import { nameOf, treeKinds } from './kinds.ts';
import type { Manifest } from './manifest.ts';

/** Refuses a tree of which a construct finds that it is wrong. */
export function checkConstructs(chart: Chart): void {
  refuse(
    chart.node
      .findAll()
      .flatMap(({ node }) =>
        node.validate().map((text) => problem('TG1428', node.path, text.replace(/\.$/, ''))),
      ),
  );
}

/** Refuses objects that an environment cannot have; only an extension can have added them. */
export function checkObjects(objects: readonly Manifest[], namespace: string, extension: Extension): void {
  const known = new Set(treeKinds(extension).map(nameOf));
  const seen = new Set<string>();
  refuse(
    objects.flatMap((object) => {
      const path = `${object.kind} ${object.metadata.namespace}/${object.metadata.name}`;
      // Whatever its version: the folder of an environment has one file for it.
      const isTwice = seen.has(path);
      seen.add(path);
      if (nameOf(object) === 'v1 Secret') {
        return [problem('TG1425', path, 'Front doors write trees to Git, and to states, in clear')];
      }
      if (!known.has(nameOf(object))) {
        return [problem('TG1424', path, `The extension declares no ${object.kind} of ${object.apiVersion}`)];
      }
      if (object.metadata.namespace !== namespace) {
        return [problem('TG1426', path, `The environment is in ${namespace}, and takes along what it owns`)];
      }
      return isTwice ? [problem('TG1427', path, 'Another object has this kind and this name')] : [];
    }),
  );
}

/** Runs what an extension takes part in; says of an error that it is the extension's. */
export function explained<T>(extension: Extension, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { parts, extend, aspects } = extension;
    const isOurs = parts === undefined && extend === undefined && aspects === undefined;
    if (isOurs || error instanceof TidegateError) throw error;
    throw TidegateError.of('TG1422', 'extension', `It fails on an environment: ${failureOf(error)}`);
  }
}

function problem(code: ErrorCode, path: string, reason: string): Problem {
  return { code, path, reason, remedy: ERRORS[code].remedy };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new TidegateError(problems);
}
