import type { V1ConfigMap } from '@kubernetes/client-node';
import { TidegateError } from '../../spec/index.ts';
import type { Api } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';

const SOURCE = 'kube-system/extension-apiserver-authentication';
const AUTHENTICATED = 'system:authenticated';
const PATH = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';

/** How the API server says in whose name it asks, and by which certificate it is known. */
export interface FrontProxy {
  /** Certificates of the authority that its client certificate is of, as PEM. */
  readonly ca: string;
  /** Common names it may have; any when there are none. */
  readonly allowedNames: readonly string[];
  readonly usernameHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraPrefixes: readonly string[];
}

/** Who asks, in the form that access reviews take. */
export interface User {
  readonly user: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads what the API server tells the servers of other APIs about itself.
 *
 * @throws TidegateError when it asks no other servers
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
 */
export async function readFrontProxy(api: Api): Promise<FrontProxy> {
  const { data = {} } = await configMap(api);
  const ca = data['requestheader-client-ca-file'];
  if (ca === undefined) {
    throw TidegateError.of('TG1520', SOURCE, 'It has no requestheader-client-ca-file');
  }
  const list = (key: string) => JSON.parse(data[key] ?? '[]') as readonly string[];
  const headers = (key: string) => list(key).map((name) => name.toLowerCase());
  return {
    ca,
    allowedNames: list('requestheader-allowed-names'),
    usernameHeaders: headers('requestheader-username-headers'),
    groupHeaders: headers('requestheader-group-headers'),
    extraPrefixes: headers('requestheader-extra-headers-prefix'),
  };
}

async function configMap(api: Api): Promise<V1ConfigMap> {
  try {
    return await api.json<V1ConfigMap>({ path: PATH });
  } catch (error) {
    if (!isApiError(error, 404)) throw error;
    throw TidegateError.of('TG1520', SOURCE, 'The ConfigMap does not exist');
  }
}

/** In whose name a request comes, by its headers, which are believed of the API server alone; undefined if it does not say. */
export function userOf(proxy: FrontProxy, headers: NodeJS.Dict<string[]>): User | undefined {
  const values = (names: readonly string[]) => names.flatMap((name) => headers[name] ?? []);
  const [user] = values(proxy.usernameHeaders);
  if (user === undefined || user === '') return undefined;
  const extra = Object.entries(headers).flatMap(([header, given = []]) => {
    const prefix = proxy.extraPrefixes.find((one) => header.startsWith(one));
    return prefix === undefined ? [] : [[decodeURIComponent(header.slice(prefix.length)), given] as const];
  });
  return {
    user,
    groups: withAuthenticated(user, values(proxy.groupHeaders)),
    extra: Object.fromEntries(extra),
  };
}

/** As servers made with Kubernetes' own library add it: the API server itself comes without groups. */
function withAuthenticated(user: string, groups: readonly string[]): readonly string[] {
  const isSaid = groups.some((group) => group === AUTHENTICATED || group === 'system:unauthenticated');
  return isSaid || user === 'system:anonymous' ? groups : [...groups, AUTHENTICATED];
}
