import type { Manifest } from '../../constructs/index.ts';
import type { ObjectApi } from '../../delivery/cluster/index.ts';
import { type Controller, controllerOf } from '../../spec/index.ts';
import { remedyOf } from './add-ons.ts';
import { advice, missing, type Need, ok, type Patient } from './finding.ts';
import { gatewayNeeds, type ParentReference } from './gateway.ts';
import { ingressClass } from './ingress-class.ts';

const CERT_MANAGER = 'cert-manager.io/v1';
const ISSUERS = { 'cert-manager.io/cluster-issuer': 'ClusterIssuer', 'cert-manager.io/issuer': 'Issuer' };

interface IngressSpec {
  readonly ingressClassName?: string;
  readonly tls?: readonly { readonly secretName?: string }[];
}
interface HttpRouteSpec {
  readonly parentRefs?: readonly ParentReference[];
}

/** What the routes of an environment lean on: classes, Gateways, certificates. */
export function routeNeeds({ objects, environment }: Patient): readonly Need[] {
  const { namespace } = environment.metadata;
  const { ingress } = environment.spec.route;
  const controller = ingress === undefined ? undefined : controllerOf(ingress);
  return objects.flatMap((object) => {
    if (object.kind === 'Ingress') return ingressNeeds(object, namespace, controller);
    if (object.kind !== 'HTTPRoute') return [];
    const { parentRefs = [] } = object.spec as HttpRouteSpec;
    return parentRefs.flatMap((parent) => gatewayNeeds(parent, namespace));
  });
}

function ingressNeeds(
  { metadata, spec }: Manifest,
  namespace: string,
  controller: Controller | undefined,
): readonly Need[] {
  const { ingressClassName, tls = [] } = spec as IngressSpec;
  const issuers = Object.entries(ISSUERS).flatMap(([annotation, kind]) => {
    const name = metadata.annotations?.[annotation];
    return name === undefined ? [] : [issuer(kind, name, kind === 'Issuer' ? namespace : undefined)];
  });
  const secrets = tls.flatMap(({ secretName }) => secretName ?? []);
  return [
    ...(ingressClassName === undefined ? [] : [ingressClass(ingressClassName, controller)]),
    ...issuers,
    ...secrets.map((name) => certificate(name, namespace, issuers.length > 0)),
  ];
}

function issuer(kind: string, name: string, namespace: string | undefined): Need {
  return {
    what: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    look: async (api) => {
      if (!(await hasCertManager(api))) {
        return missing('The cluster has no cert-manager', remedyOf('cert-manager.io'));
      }
      return (await api.read({ apiVersion: CERT_MANAGER, kind, metadata: { name, namespace } })) === undefined
        ? missing('It does not exist', 'Create it, or name another in the annotation')
        : ok('It exists');
    },
  };
}

function certificate(name: string, namespace: string, issued: boolean): Need {
  return {
    what: `Certificate in Secret ${namespace}/${name}`,
    look: async (api) => {
      const found = await api.read({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } });
      if (found?.type === 'kubernetes.io/tls') return ok('It exists');
      if (found !== undefined)
        return missing(`Its type is ${found.type}`, 'Create it with kubectl create secret tls');
      if (issued) return advice('It does not exist yet', 'cert-manager makes it once the Ingress is there');
      return missing(
        'It does not exist',
        (await hasCertManager(api))
          ? 'Name an issuer in spec.route.ingress.annotations, as cert-manager.io/cluster-issuer'
          : `Create it with kubectl create secret tls, or let it be made. ${remedyOf('cert-manager.io')}`,
      );
    },
  };
}

async function hasCertManager(api: ObjectApi): Promise<boolean> {
  return await api.servesGroup(CERT_MANAGER);
}
