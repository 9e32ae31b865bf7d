import type { LiveObject } from '../../delivery/cluster/index.ts';
import type { Controller } from '../../spec/index.ts';
import { advice, type Finding, missing, type Need, ok } from './finding.ts';

/**
 * What the IngressClass of a controller says in `spec.controller`, or begins with: who runs several of one kind gives each a
 * name of its own.
 */
const SERVES: Readonly<Record<Controller, readonly string[]>> = {
  'ingress-nginx': ['k8s.io/ingress-nginx'],
  'f5-nginx': ['nginx.org/ingress-controller'],
  traefik: ['traefik.io/ingress-controller'],
  haproxy: ['haproxy.org/ingress-controller'],
  contour: ['projectcontour.io/'],
  'aws-alb': ['ingress.k8s.aws/alb', 'eks.amazonaws.com/alb'],
  // GKE has classes by annotation alone.
  gke: [],
  'azure-agic': ['azure/application-gateway'],
};

/** An IngressClass that is there, and of the controller that the annotations are for. */
export function ingressClass(name: string, controller: Controller | undefined): Need {
  return {
    what: `IngressClass ${name}`,
    look: async (api) => {
      const classes = await api.list({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' });
      const found = classes.find(({ metadata }) => metadata.name === name);
      if (found !== undefined) return servedBy(found, controller);
      const others = classes.map(({ metadata }) => metadata.name);
      return missing(
        others.length === 0 ? 'There is no IngressClass' : `There is only ${others.join(', ')}`,
        'Install its ingress controller, or set spec.route.ingress.className to one that is there',
      );
    },
  };
}

function servedBy({ spec }: LiveObject, wanted: Controller | undefined): Omit<Finding, 'what'> {
  const serves = String(spec?.controller);
  const known = (Object.keys(SERVES) as Controller[]).find((one) =>
    SERVES[one].some((name) => serves.startsWith(name)),
  );
  if (wanted === undefined || known === wanted) return ok(`${serves} serves it`);
  const reason = `${serves} serves it, and the annotations are for ${wanted}`;
  if (known !== undefined) return missing(reason, `Set spec.route.ingress.controller to ${known}`);
  return advice(reason, `See that it is ${wanted} under another name, or set spec.route.ingress.controller`);
}
