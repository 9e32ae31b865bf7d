import { Construct } from 'constructs';
import { type Derived, type EnvironmentSpec, parseSection } from '../spec/index.ts';
import { HttpRoute } from './http-route.ts';
import { Ingress } from './ingress.ts';
import { serviceAnnotations } from './service-annotations.ts';
import { validateProps } from './validation.ts';

export interface RouteProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly spec: Pick<EnvironmentSpec, 'host' | 'route'>;
  readonly derived: Pick<Derived, 'proxyIdleTimeoutSeconds' | 'drainTimeoutSeconds'>;
  readonly service: { readonly name: string; readonly port: number };
}

/** How clients reach the server from outside: an Ingress, an HTTPRoute, or both. */
export class Route extends Construct {
  /** What the Service behind must have as annotations; undefined when that is nothing. */
  readonly serviceAnnotations: Readonly<Record<string, string>> | undefined;

  constructor(scope: Construct, id: string, { instance, spec, derived, service }: RouteProps) {
    super(scope, id);
    validateProps(
      this,
      () => parseSection('name', instance),
      () => parseSection('route', spec.route),
    );
    const { host, route } = spec;
    const { sticky } = route;
    this.serviceAnnotations = serviceAnnotations(instance, route);
    const timeouts = {
      idleSeconds: derived.proxyIdleTimeoutSeconds,
      drainSeconds: derived.drainTimeoutSeconds,
    };
    const common = { instance, host, service, timeouts, sticky };
    if (route.ingress !== undefined) new Ingress(this, 'ingress', { ...common, spec: route.ingress });
    if (route.gateway !== undefined) new HttpRoute(this, 'http-route', { ...common, spec: route.gateway });
  }
}
