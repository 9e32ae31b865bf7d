import type { Manifest } from '../../constructs/index.ts';
import type { ObjectApi } from '../../delivery/cluster/index.ts';
import { remedyOf } from './add-ons.ts';
import { advice, missing, type Need, ok, type Patient } from './finding.ts';

const CERT_MANAGER = 'cert-manager.io/v1';
const ISSUERS = { 'cert-manager.io/cluster-issuer': 'ClusterIssuer', 'cert-manager.io/issuer': 'Issuer' };

interface IngressSpec {
  readonly ingressClassName?: string;
  readonly tls?: readonly { readonly secretName?: string }[];
}
interface HttpRouteSpec {
  readonly parentRefs?: readonly { readonly name: string; readonly namespace?: string }[];
}

/** What the routes of an environment lean on: classes, Gateways, certificates. */
export function routeNeeds({ objects, environment }: Patient): readonly Need[] {
  const { namespace } = environment.metadata;
  return objects.flatMap((object) => {
    if (object.kind === 'Ingress') return ingressNeeds(object, namespace);
    if (object.kind !== 'HTTPRoute') return [];
    const { parentRefs = [] } = object.spec as HttpRouteSpec;
    return parentRefs.map((parent) => gateway(parent.name, parent.namespace ?? namespace));
  });
}

function ingressNeeds({ metadata, spec }: Manifest, namespace: string): readonly Need[] {
  const { ingressClassName, tls = [] } = spec as IngressSpec;
  const issuers = Object.entries(ISSUERS).flatMap(([annotation, kind]) => {
    const name = metadata.annotations?.[annotation];
    return name === undefined ? [] : [issuer(kind, name, kind === 'Issuer' ? namespace : undefined)];
  });
  const secrets = tls.flatMap(({ secretName }) => secretName ?? []);
  return [
    ...(ingressClassName === undefined ? [] : [ingressClass(ingressClassName)]),
    ...issuers,
    ...secrets.map((name) => certificate(name, namespace, issuers.length > 0)),
  ];
}

function ingressClass(name: string): Need {
  return {
    what: `IngressClass ${name}`,
    look: async (api) => {
      const classes = await api.list({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' });
      const found = classes.find(({ metadata }) => metadata?.name === name);
      if (found !== undefined) return ok(`${found.spec?.controller} serves it`);
      const others = classes.flatMap(({ metadata }) => metadata?.name ?? []);
      return missing(
        others.length === 0 ? 'There is no IngressClass' : `There is only ${others.join(', ')}`,
        'Install its ingress controller, or set spec.route.ingress.className to one that is there',
      );
    },
  };
}

function gateway(name: string, namespace: string): Need {
  return {
    what: `Gateway ${namespace}/${name}`,
    look: async (api) => {
      const found = await api.read({
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'Gateway',
        metadata: { name, namespace },
      });
      if (found === undefined) {
        return missing('It does not exist', 'Create it, or name another in spec.route.gateway');
      }
      const conditions = (found.status?.conditions ?? []) as readonly { type: string; status: string }[];
      return conditions.some(({ type, status }) => type === 'Programmed' && status === 'True')
        ? ok('It is programmed')
        : missing(
            'It is not programmed',
            `Install a controller for its class ${found.spec?.gatewayClassName}`,
          );
    },
  };
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
