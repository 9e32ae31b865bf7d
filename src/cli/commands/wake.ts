import { WAKE } from '../../operator/index.ts';
import { API_VERSION, type EnvironmentStatus, KIND, TidegateError } from '../../spec/index.ts';
import { type ClusterOptions, withCluster } from '../live/cluster-options.ts';

const FIELD_MANAGER = 'tidegate-wake';

/** `tidegate wake`: has the operator bring the pods of an environment back that fell asleep. */
export async function wake(name: string, options: ClusterOptions): Promise<void> {
  await withCluster(options, async (api, namespace) => {
    const reference = { apiVersion: API_VERSION, kind: KIND, metadata: { name, namespace } };
    const environment = await api.read(reference);
    if (environment === undefined) {
      throw TidegateError.of('TG6005', `${namespace}/${name}`, 'No operator cares for one of that name');
    }
    const { hibernation } = (environment.status ?? {}) as EnvironmentStatus;
    if (hibernation?.since === undefined) {
      console.log(`${namespace}/${name} is awake`);
      return;
    }
    const annotations = { [WAKE]: new Date().toISOString() };
    await api.mergePatch(reference, { metadata: { annotations } }, FIELD_MANAGER);
    console.log(
      `${namespace}/${name} wakes up; tidegate status ${name} -n ${namespace} tells when it is ready`,
    );
  });
}
