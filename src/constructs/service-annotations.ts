import { controllerOf, type Route } from '../spec/index.ts';
import { STICKY_COOKIE } from './ingress-annotations.ts';

/**
 * What the Service must say for its routes, beside what they say themselves; most need nothing.
 *
 * - GKE sends to pods, not nodes, and finds the BackendConfig:
 *   https://cloud.google.com/kubernetes-engine/docs/how-to/container-native-load-balancing
 * - Traefik reads stickiness from the Service:
 *   https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/#on-service
 *
 * @param instance name of the environment, and of the BackendConfig
 */
export function serviceAnnotations(
  instance: string,
  { ingress, sticky }: Pick<Route, 'ingress' | 'sticky'>,
): Readonly<Record<string, string>> | undefined {
  const controller = ingress === undefined ? undefined : controllerOf(ingress);
  if (controller === 'gke') {
    return {
      'cloud.google.com/neg': '{"ingress": true}',
      'cloud.google.com/backend-config': JSON.stringify({ default: instance }),
    };
  }
  if (controller === 'traefik' && sticky) {
    return {
      'traefik.ingress.kubernetes.io/service.sticky.cookie': 'true',
      'traefik.ingress.kubernetes.io/service.sticky.cookie.name': STICKY_COOKIE,
    };
  }
  return undefined;
}
