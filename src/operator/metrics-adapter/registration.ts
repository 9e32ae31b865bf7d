import type { V1APIService } from '@kubernetes/client-node';
import { PART_OF, TIDEGATE } from '../../constructs/index.ts';
import type { Api } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';
import type { KubeObject, OwnerReference } from '../api/kube-object.ts';
import { type Kind, pathOf } from '../kinds.ts';
import { GROUP, VERSION } from './metric-request.ts';

export const API_SERVICE: Kind = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  plural: 'apiservices',
};
const CLUSTER_ROLE: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
};
const NAME = `${VERSION}.${GROUP}`;
const FIELD_MANAGER = 'tidegate-metrics-adapter';

/** The Service that the API server is to ask. */
export interface ServiceReference {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** The registration of somebody else who serves custom metrics: only one can be asked, so ours is taken back. */
export function rivalOf(apiServices: Iterable<KubeObject>, ours: ServiceReference): KubeObject | undefined {
  return [...apiServices].find((object) => {
    const { spec } = object as unknown as V1APIService;
    return spec?.group === GROUP && !isOurs(object, ours);
  });
}

/** Has the API server ask the Service for custom metrics, and trust the certificates of an authority for it. */
export async function register(
  api: Api,
  live: KubeObject | undefined,
  service: ServiceReference,
  certificate: string,
): Promise<'registered' | 'unchanged'> {
  const caBundle = Buffer.from(certificate).toString('base64');
  const owner = await clusterRole(api, service.name);
  if (live !== undefined && isAsWanted(live, caBundle, owner)) return 'unchanged';
  const { apiVersion, kind } = API_SERVICE;
  await api.json({
    method: 'PATCH',
    path: pathOf(API_SERVICE, undefined, NAME),
    // Force is for the registration that was looked at: had somebody put theirs there since, the version would refuse us.
    query: { fieldManager: FIELD_MANAGER, force: live !== undefined },
    contentType: 'application/apply-patch+yaml',
    body: {
      apiVersion,
      kind,
      metadata: {
        name: NAME,
        resourceVersion: live?.metadata.resourceVersion,
        labels: { [PART_OF]: TIDEGATE },
        ownerReferences: owner === undefined ? [] : [owner],
      },
      spec: {
        group: GROUP,
        version: VERSION,
        groupPriorityMinimum: 100,
        versionPriority: 100,
        caBundle,
        insecureSkipTLSVerify: false,
        service,
      },
    },
  });
  return 'registered';
}

/** Takes a registration of ours back. */
export async function withdraw(api: Api, { metadata }: KubeObject): Promise<void> {
  const { name, uid, resourceVersion } = metadata;
  try {
    await api.json({
      method: 'DELETE',
      path: pathOf(API_SERVICE, undefined, name),
      body: { preconditions: { uid, resourceVersion } },
    });
  } catch (error) {
    if (!isApiError(error, 404, 409)) throw error;
  }
}

/** Our registration, if it is there. */
export function ownOf(apiServices: Iterable<KubeObject>, ours: ServiceReference): KubeObject | undefined {
  return [...apiServices].find((object) => object.metadata.name === NAME && isOurs(object, ours));
}

function isOurs(object: KubeObject, { namespace, name }: ServiceReference): boolean {
  const service = (object as unknown as V1APIService).spec?.service;
  return service?.namespace === namespace && service.name === name;
}

function isAsWanted(live: KubeObject, caBundle: string, owner: OwnerReference | undefined): boolean {
  const { spec } = live as unknown as V1APIService;
  const owners = (live.metadata.ownerReferences ?? []).map(({ uid }) => uid);
  return (
    spec?.caBundle === caBundle &&
    spec.insecureSkipTLSVerify !== true &&
    owners.join() === (owner === undefined ? '' : owner.uid)
  );
}

/**
 * The role that the adapter works by owns the registration: what is uninstalled takes it along. One that is left behind
 * would keep namespaces from being deleted, for which the API server asks every API there is.
 */
async function clusterRole(api: Api, name: string): Promise<OwnerReference | undefined> {
  try {
    const { metadata } = await api.json<KubeObject>({ path: pathOf(CLUSTER_ROLE, undefined, name) });
    const { apiVersion, kind } = CLUSTER_ROLE;
    return { apiVersion, kind, name, uid: metadata.uid ?? '' };
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}
