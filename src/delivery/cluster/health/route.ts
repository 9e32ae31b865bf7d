import type { V1Ingress, V1Service } from '@kubernetes/client-node';
import type { LiveObject } from '../live-object.ts';
import type { Condition } from './condition.ts';
import { type Health, ready, stuck, told, waiting } from './health.ts';

const UNTOLD = 'No address is reported';

/** How an Ingress does. It has no word for being accepted, and not every controller reports an address, so it is ready without. */
export function ingressHealth(object: LiveObject): Health {
  const { spec, status } = object as unknown as V1Ingress;
  const where = addresses(status?.loadBalancer?.ingress);
  if (where !== '') return ready(where);
  return ready(
    UNTOLD,
    `If clients cannot connect, see that a controller serves the class ${spec?.ingressClassName}: tidegate doctor`,
  );
}

/** How a Service does, where a load balancer belongs to it. */
export function serviceHealth(object: LiveObject): Health {
  const { spec, status } = object as unknown as V1Service;
  if (spec?.type !== 'LoadBalancer') return ready('There');
  const where = addresses(status?.loadBalancer?.ingress);
  return where === '' ? waiting(UNTOLD, 'See that the cluster has load balancers to give') : ready(where);
}

function addresses(all: readonly { readonly hostname?: string; readonly ip?: string }[] = []): string {
  return all.flatMap(({ hostname, ip }) => hostname ?? ip ?? []).join(', ');
}

interface ParentReference {
  readonly name: string;
  readonly namespace?: string;
}
interface ParentStatus {
  readonly parentRef?: ParentReference;
  readonly conditions?: readonly Condition[];
}

/** How an HTTPRoute does: every Gateway it names has to accept it. */
export function httpRouteHealth({ metadata, spec, status }: LiveObject): Health {
  const { parentRefs = [] } = (spec ?? {}) as { parentRefs?: readonly ParentReference[] };
  const { parents = [] } = (status ?? {}) as { parents?: readonly ParentStatus[] };
  const nameOf = ({ name, namespace = metadata.namespace ?? '' }: ParentReference) => `${namespace}/${name}`;
  for (const wanted of parentRefs) {
    const gateway = nameOf(wanted);
    const answers = parents.filter(
      ({ parentRef }) => parentRef !== undefined && nameOf(parentRef) === gateway,
    );
    if (answers.length === 0) {
      return waiting(
        `Gateway ${gateway} has not accepted it yet`,
        'See that the Gateway is there and that a controller serves its class: tidegate doctor',
      );
    }
    const conditions = answers
      .flatMap((answer) => answer.conditions ?? [])
      .filter(({ type }) => ['Accepted', 'ResolvedRefs'].includes(type));
    const { generation = 0 } = metadata;
    if (conditions.some(({ observedGeneration = generation }) => observedGeneration < generation)) {
      return waiting(`Gateway ${gateway} has not seen the newest spec yet`);
    }
    const refusal = conditions.find(({ status: holds }) => holds !== 'True');
    if (refusal !== undefined) {
      return stuck(
        `Gateway ${gateway} does not accept it: ${told(refusal.message) || refusal.reason || refusal.type}`,
        'Let a listener of the Gateway admit the host and the namespace, or name another in spec.route.gateway',
      );
    }
  }
  return ready('Accepted');
}
