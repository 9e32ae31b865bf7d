import {
  FRONT_DOORS,
  type FrontDoor,
  instanceLabels,
  type Kind,
  MANAGED_BY,
  managedBy,
  selectorOf,
  TREE_KINDS,
} from '../../constructs/index.ts';
import { isForbidden, type LiveObject, type ObjectApi } from '../../delivery/cluster/index.ts';
import { SECRET } from '../../operator/kinds.ts';
import { API_VERSION, type EnvironmentStatus, KIND, TidegateError } from '../../spec/index.ts';

/** An environment as it lives in a cluster, whoever delivered it. */
export interface EnvironmentInCluster {
  readonly namespace: string;
  readonly name: string;
  /** The custom resource; undefined without an operator. */
  readonly resource: LiveObject | undefined;
  /** Its objects, in the order they are applied. */
  readonly objects: readonly LiveObject[];
  /** Secrets that were generated for it. */
  readonly secrets: readonly LiveObject[];
  /** Kinds that who asks may not see, and what the API server said. */
  readonly unseen: readonly { readonly kind: string; readonly error: unknown }[];
}

/**
 * Looks an environment up by its name.
 *
 * @param kinds kinds that its tree can contain; without an extension by default
 * @throws TidegateError TG6005 when nothing there is of that name
 * @throws ApiException when nothing of it may be seen
 */
export async function environmentInCluster(
  api: ObjectApi,
  namespace: string,
  name: string,
  kinds: readonly Kind[] = TREE_KINDS,
): Promise<EnvironmentInCluster> {
  const search = { namespace, labelSelector: selectorOf(instanceLabels(name)) };
  const unseen: { readonly kind: string; readonly error: unknown }[] = [];
  const seen = <T>(kind: string, asked: Promise<T>, instead: T): Promise<T> =>
    asked.catch((error) => {
      if (!isForbidden(error)) throw error;
      unseen.push({ kind, error });
      return instead;
    });
  const [resource, secrets, ...objects] = await Promise.all([
    seen(KIND, api.read({ apiVersion: API_VERSION, kind: KIND, metadata: { name, namespace } }), undefined),
    seen(SECRET.kind, api.list(SECRET, search), []),
    ...kinds.map((kind) => seen(kind.kind, api.list(kind, search), [])),
  ]);
  const found = { namespace, name, resource, secrets, objects: objects.flat(), unseen };
  if (resource === undefined && found.objects.length === 0 && secrets.length === 0) {
    if (unseen.length > 0) throw unseen[0]?.error;
    throw TidegateError.of('TG6005', `${namespace}/${name}`, 'Nothing in the cluster is of that name');
  }
  return found;
}

/** What the operator said of it last; undefined when none has looked at it. */
export function statusOf({ resource }: EnvironmentInCluster): EnvironmentStatus | undefined {
  const status = resource?.status as EnvironmentStatus | undefined;
  return status?.conditions === undefined ? undefined : status;
}

/** Front doors that delivered it, by the label of its objects: several while it is moved, none when they have no label. */
export function frontDoorsOf({ resource, objects }: EnvironmentInCluster): readonly FrontDoor[] {
  if (resource !== undefined) return ['operator'];
  const labels = new Set(objects.map(({ metadata }) => metadata.labels?.[MANAGED_BY]));
  return FRONT_DOORS.filter((door) => labels.has(managedBy(door)));
}
