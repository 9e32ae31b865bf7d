import { describe, expect, it } from 'vitest';
import { type Manifest, render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

const rendered = (route: Record<string, unknown>) =>
  render(parse(environment({ route: { idleTimeoutSeconds: 5000, ...route } })));
const only = (manifests: readonly Manifest[], kind: string): Manifest | undefined => {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  expect(found.length).toBeLessThan(2);
  return found[0];
};
const annotationsOf = (route: Record<string, unknown>) =>
  only(rendered(route), 'Ingress')?.metadata.annotations;

describe('GIVEN an Ingress of F5 NGINX', () => {
  const ingress = { className: 'nginx', controller: 'f5-nginx' };

  it('WHEN it is rendered THEN it upgrades the Service and waits for as long as asked', () => {
    expect(annotationsOf({ ingress })).toEqual({
      'nginx.org/websocket-services': 'chat-server',
      'nginx.org/proxy-read-timeout': '5000s',
      'nginx.org/proxy-send-timeout': '5000s',
    });
  });

  it('WHEN it is to be sticky THEN it names the Service and a cookie', () => {
    expect(annotationsOf({ ingress, sticky: true })).toMatchObject({
      'nginx.com/sticky-cookie-services': 'serviceName=chat-server tidegate-replica path=/',
    });
  });
});

describe('GIVEN an Ingress of Azure’s Application Gateway', () => {
  const ingress = { className: 'azure-application-gateway' };

  it('WHEN it is rendered THEN silence, drain and probe are told', () => {
    const manifest = only(rendered({ ingress }), 'Ingress');
    expect(manifest?.metadata.annotations).toEqual({
      'appgw.ingress.kubernetes.io/request-timeout': '5000',
      'appgw.ingress.kubernetes.io/connection-draining': 'true',
      'appgw.ingress.kubernetes.io/connection-draining-timeout': '65',
      'appgw.ingress.kubernetes.io/health-probe-path': '/readyz',
    });
    expect(manifest?.spec).toMatchObject({ ingressClassName: 'azure-application-gateway' });
  });

  it('WHEN it ends TLS and is sticky THEN it redirects and sets its cookie', () => {
    const tls = { secretName: 'tls' };
    expect(annotationsOf({ ingress: { ...ingress, tls }, sticky: true })).toMatchObject({
      'appgw.ingress.kubernetes.io/ssl-redirect': 'true',
      'appgw.ingress.kubernetes.io/cookie-based-affinity': 'true',
    });
  });
});

describe('GIVEN an Ingress of GKE', () => {
  it('WHEN it is rendered THEN its class is an annotation, and the Service finds a BackendConfig', () => {
    const manifests = rendered({ ingress: { className: 'gce' } });
    const ingress = only(manifests, 'Ingress');
    expect(ingress?.metadata.annotations).toEqual({ 'kubernetes.io/ingress.class': 'gce' });
    expect(ingress?.spec).not.toHaveProperty('ingressClassName');
    const service = manifests.find(
      ({ kind, metadata }) => kind === 'Service' && metadata.name === 'chat-server',
    );
    expect(service?.metadata.annotations).toEqual({
      'cloud.google.com/neg': '{"ingress": true}',
      'cloud.google.com/backend-config': '{"default":"chat"}',
    });
    const config = only(manifests, 'BackendConfig');
    expect([config?.apiVersion, config?.metadata.name, config?.spec]).toEqual([
      'cloud.google.com/v1',
      'chat',
      {
        timeoutSec: 86_400,
        connectionDraining: { drainingTimeoutSec: 65 },
        healthCheck: { type: 'HTTP', requestPath: '/readyz', port: 8000 },
      },
    ]);
  });

  it('WHEN it ends TLS and is sticky THEN plain HTTP is off, and a cookie is made', () => {
    const manifests = rendered({
      ingress: { className: 'gce-internal', tls: { secretName: 'tls' } },
      sticky: true,
    });
    expect(only(manifests, 'Ingress')?.metadata.annotations).toEqual({
      'kubernetes.io/ingress.class': 'gce-internal',
      'kubernetes.io/ingress.allow-http': 'false',
    });
    expect(only(manifests, 'BackendConfig')?.spec).toMatchObject({
      sessionAffinity: { affinityType: 'GENERATED_COOKIE', affinityCookieTtlSec: 0 },
    });
  });
});

describe('GIVEN other controllers that can be sticky', () => {
  it.each([
    [
      'nginx',
      {
        'nginx.ingress.kubernetes.io/affinity': 'cookie',
        'nginx.ingress.kubernetes.io/session-cookie-name': 'tidegate-replica',
      },
    ],
    ['haproxy', { 'haproxy.org/cookie-persistence': 'tidegate-replica' }],
    [
      'alb',
      {
        'alb.ingress.kubernetes.io/target-group-attributes':
          'deregistration_delay.timeout_seconds=65,stickiness.enabled=true,stickiness.type=lb_cookie',
      },
    ],
  ])('WHEN %s is to be THEN it says so in its words', (className, expected) => {
    expect(annotationsOf({ ingress: { className }, sticky: true })).toMatchObject(expected);
  });

  it('WHEN Traefik is to be THEN the Service says so', () => {
    const service = rendered({ ingress: { className: 'traefik' }, sticky: true }).find(
      ({ kind, metadata }) => kind === 'Service' && metadata.name === 'chat-server',
    );
    expect(service?.metadata.annotations).toEqual({
      'traefik.ingress.kubernetes.io/service.sticky.cookie': 'true',
      'traefik.ingress.kubernetes.io/service.sticky.cookie.name': 'tidegate-replica',
    });
  });
});

describe('GIVEN a Gateway of GKE', () => {
  it('WHEN it is rendered THEN two policies for the Service say what the HTTPRoute does not', () => {
    const manifests = rendered({ gateway: { name: 'public', implementation: 'gke' }, sticky: true });
    expect(only(manifests, 'HTTPRoute')?.spec).toMatchObject({
      rules: [{ backendRefs: [{ name: 'chat-server', port: 8000 }] }],
    });
    expect(JSON.stringify(only(manifests, 'HTTPRoute'))).not.toContain('timeouts');
    const targetRef = { group: '', kind: 'Service', name: 'chat-server' };
    expect(only(manifests, 'GCPBackendPolicy')?.spec).toEqual({
      targetRef,
      default: {
        timeoutSec: 86_400,
        connectionDraining: { drainingTimeoutSec: 65 },
        sessionAffinity: { type: 'GENERATED_COOKIE', cookieTtlSec: 0 },
      },
    });
    expect(only(manifests, 'HealthCheckPolicy')?.spec).toEqual({
      targetRef,
      default: { config: { type: 'HTTP', httpHealthCheck: { port: 8000, requestPath: '/readyz' } } },
    });
  });
});

describe('GIVEN a Gateway of Envoy Gateway', () => {
  const gateway = { name: 'public', implementation: 'envoy-gateway' };
  const targetRefs = (kind: string, name: string) => [{ group: 'gateway.networking.k8s.io', kind, name }];

  it('WHEN it is rendered THEN a policy of its route upgrades, never times out, and levels sockets', () => {
    const manifests = rendered({ gateway });
    expect(only(manifests, 'BackendTrafficPolicy')?.spec).toEqual({
      targetRefs: targetRefs('HTTPRoute', 'chat'),
      httpUpgrade: [{ type: 'websocket' }],
      loadBalancer: { type: 'LeastRequest' },
      timeout: { http: { requestTimeout: '0s', connectionIdleTimeout: '5000s' } },
    });
    expect(only(manifests, 'ClientTrafficPolicy')).toBeUndefined();
  });

  it('WHEN it is to be sticky and the Gateway is its own THEN a cookie is hashed, and clients may be silent', () => {
    const manifests = rendered({ gateway: { ...gateway, clientTrafficPolicy: true }, sticky: true });
    expect(only(manifests, 'BackendTrafficPolicy')?.spec).toMatchObject({
      loadBalancer: {
        type: 'ConsistentHash',
        consistentHash: { type: 'Cookie', cookie: { name: 'tidegate-replica' } },
      },
    });
    expect(only(manifests, 'ClientTrafficPolicy')?.spec).toEqual({
      targetRefs: targetRefs('Gateway', 'public'),
      timeout: { http: { idleTimeout: '5000s', streamIdleTimeout: '5000s' } },
    });
  });
});
