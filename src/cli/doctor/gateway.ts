import type { LiveObject, ObjectApi } from '../../delivery/cluster/index.ts';
import { type Finding, missing, type Need, ok } from './finding.ts';

const VERSION = 'gateway.networking.k8s.io/v1';

/** What an HTTPRoute says of the Gateway it wants. */
export interface ParentReference {
  readonly name: string;
  readonly namespace?: string;
  readonly sectionName?: string;
}

interface Listener {
  readonly name: string;
  readonly allowedRoutes?: { readonly namespaces?: { readonly from?: string } };
}

/** A Gateway that works and lets routes of a namespace in, and its class. */
export function gatewayNeeds(parent: ParentReference, routeNamespace: string): readonly Need[] {
  const { name, namespace = routeNamespace } = parent;
  const read = (api: ObjectApi) =>
    api.read({ apiVersion: VERSION, kind: 'Gateway', metadata: { name, namespace } });
  return [
    {
      what: `Gateway ${namespace}/${name}`,
      look: async (api) => gatewayFinding(await read(api), parent, routeNamespace),
    },
    {
      what: `GatewayClass of Gateway ${namespace}/${name}`,
      look: async (api) => classFinding(api, await read(api)),
    },
  ];
}

function gatewayFinding(
  gateway: LiveObject | undefined,
  { sectionName }: ParentReference,
  routeNamespace: string,
): Omit<Finding, 'what'> {
  if (gateway === undefined) {
    return missing('It does not exist', 'Create it, or name another in spec.route.gateway');
  }
  const { listeners = [] } = (gateway.spec ?? {}) as { listeners?: readonly Listener[] };
  const named = listeners.filter((one) => sectionName === undefined || one.name === sectionName);
  if (named.length === 0) {
    const names = listeners.map((one) => one.name).join(', ');
    return missing(
      `It has no listener ${sectionName}, only ${names}`,
      'Correct spec.route.gateway.sectionName',
    );
  }
  // The default, and what is forgotten most.
  const closed = named.every(({ allowedRoutes }) => (allowedRoutes?.namespaces?.from ?? 'Same') === 'Same');
  if (closed && gateway.metadata.namespace !== routeNamespace) {
    return missing(
      `Its listeners let only routes of namespace ${gateway.metadata.namespace} in`,
      'Set allowedRoutes.namespaces.from of a listener to All or Selector',
    );
  }
  return holds(gateway, 'Programmed')
    ? ok('It is programmed')
    : missing('It is not programmed', `Install a controller for its class ${gateway.spec?.gatewayClassName}`);
}

async function classFinding(api: ObjectApi, gateway: LiveObject | undefined): Promise<Omit<Finding, 'what'>> {
  // Told already as a Gateway that does not exist.
  if (gateway === undefined) return ok('There is nothing to look at');
  const name = String(gateway.spec?.gatewayClassName);
  const found = await api.read({ apiVersion: VERSION, kind: 'GatewayClass', metadata: { name } });
  if (found === undefined) return missing(`${name} does not exist`, 'Install the controller that brings it');
  return holds(found, 'Accepted')
    ? ok(`${found.spec?.controllerName} serves ${name}`)
    : missing(`${name} is not accepted`, `Install or mend the controller ${found.spec?.controllerName}`);
}

function holds({ status }: LiveObject, type: string): boolean {
  const conditions = (status?.conditions ?? []) as readonly { type: string; status: string }[];
  return conditions.some((one) => one.type === type && one.status === 'True');
}
