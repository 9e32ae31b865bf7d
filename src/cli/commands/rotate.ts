import {
  API_VERSION,
  isRotated,
  KIND,
  parse,
  ROTATE,
  rotateAnnotation,
  type SecretRole,
  secretRequirements,
  TidegateError,
} from '../../spec/index.ts';
import { type ClusterOptions, withCluster } from '../live/cluster-options.ts';

const FIELD_MANAGER = 'tidegate-rotate';

/** `tidegate rotate`: has the operator put new credentials in the place of those that rotate, or of one of them. */
export async function rotate(
  name: string,
  role: SecretRole | undefined,
  options: ClusterOptions,
): Promise<void> {
  await withCluster(options, async (api, namespace) => {
    const reference = { apiVersion: API_VERSION, kind: KIND, metadata: { name, namespace } };
    const live = await api.read(reference);
    if (live === undefined) {
      throw TidegateError.of('TG6005', `${namespace}/${name}`, 'No operator cares for one of that name');
    }
    const rotated = secretRequirements(parse(live)).filter(isRotated);
    const asked = rotated.filter((one) => role === undefined || one.role === role);
    if (asked.length === 0) {
      const reason = `The spec has no secrets.${role ?? '<role>'}.generated.rotate`;
      throw TidegateError.of('TG1493', `${namespace}/${name}`, reason);
    }
    const annotation = role === undefined ? ROTATE : rotateAnnotation(role);
    const annotations = { [annotation]: new Date().toISOString() };
    await api.mergePatch(reference, { metadata: { annotations } }, FIELD_MANAGER);
    for (const one of asked) console.log(`secret/${one.name} will rotate`);
    console.log(`The condition Rotating of ${namespace}/${name} tells how far it is`);
  });
}
