import { imageOf, TidegateError } from '../../spec/index.ts';
import { imageReference } from './image-reference.ts';
import { namedEnvironment } from './named-environment.ts';
import { setField } from './set-field.ts';

/** What a promotion changes: one file, by one field. */
export interface Promotion {
  readonly file: string;
  /** The file as it is. */
  readonly before: string;
  /** The file as it is to be; the same when there is nothing to promote. */
  readonly after: string;
  /** The image that the target is to run. */
  readonly image: string;
  /** Tag or digest of that image, for people. */
  readonly version: string;
  /** Names of both environments. */
  readonly from: string;
  readonly to: string;
}

const IMAGE = ['spec', 'server', 'image'];

/**
 * Has one environment run what another one runs: tag and digest of the server's image go over, the registry stays.
 *
 * @param from environment that is promoted from, as its name or the path of its file
 * @param to environment whose file changes
 * @param directory where names are looked for
 * @throws TidegateError when either is not found, when there is no version, or when their images are different ones
 */
export function promotion(from: string, to: string, directory: string): Promotion {
  const source = namedEnvironment(from, directory);
  const target = namedEnvironment(to, directory);
  const { image: chosen } = source.environment.spec.server;
  if (chosen === undefined) {
    throw TidegateError.of('TG5004', source.file, 'It names no image, and so keeps the one that it runs');
  }
  const released = imageReference(chosen);
  const current = imageOf(target.environment.spec.server);
  const { repository, name } = imageReference(current);
  if (released.version === '') {
    const reason = `Its image, ${released.repository}, has neither tag nor digest`;
    throw TidegateError.of('TG5004', source.file, reason);
  }
  if (released.name !== name) {
    const reason = `It runs ${repository}, and ${source.file} runs ${released.repository}`;
    throw TidegateError.of('TG5005', target.file, reason);
  }
  const image = `${repository}${released.version}`;
  const { file, text: before } = target;
  // One that is kept is written out as well: a version that was promoted is named.
  const after =
    image === target.environment.spec.server.image ? before : setField(before, target.document, IMAGE, image);
  const names = {
    from: source.environment.metadata.name,
    to: target.environment.metadata.name,
  };
  return { file, before, after, image, version: released.version.slice(1), ...names };
}
