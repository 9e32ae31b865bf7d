import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { GATEWAY_PORTS, inDirectory } from '../layout.ts';
import { goModule } from '../tools/go-module.ts';
import { RECIPES } from '../tools/recipes.ts';
import type { Addon, AddonContext } from './addon.ts';

const XDS_PORT = 8001;

/** The Gateway that platform teams point routes at. */
export const GATEWAY = { name: 'public', namespace: 'infra' } as const;

export interface GatewayOptions {
  /** After how much silence the proxy cuts a stream, a WebSocket for one; a Go duration. */
  readonly streamIdleTimeout: string;
}

/** Contour and Envoy: the Ingress class `contour` and the Gateway `public`, on the node's address. */
export function gateway({ layout, kubeconfig }: AddonContext, { streamIdleTimeout }: GatewayOptions): Addon {
  const config = inDirectory(layout, 'contour.yaml');
  writeFileSync(
    config,
    stringify({
      gateway: { gatewayRef: GATEWAY },
      timeouts: { 'stream-idle-timeout': streamIdleTimeout },
    }),
  );
  return {
    objects: gatewayObjects,
    components: [
      {
        tool: 'contour',
        args: [
          'serve',
          `--kubeconfig=${kubeconfig}`,
          `--config-path=${config}`,
          '--insecure',
          '--disable-leader-election',
          // Kinds of Gateway API whose custom resources are not installed.
          ...['tlsroutes', 'grpcroutes', 'tcproutes', 'backendtlspolicies'].map(
            (feature) => `--disable-feature=${feature}`,
          ),
          '--xds-address=127.0.0.1',
          `--xds-port=${XDS_PORT}`,
          `--envoy-service-http-port=${GATEWAY_PORTS.http}`,
          `--envoy-service-https-port=${GATEWAY_PORTS.https}`,
          `--ingress-status-address=${layout.address}`,
        ],
      },
      {
        tool: 'envoy',
        args: [
          ...['-c', bootstrapPath(layout.directory)],
          ...['--service-cluster', 'contour', '--service-node', 'node'],
          // The machine may run another Envoy, and shared memory is the machine's.
          '--disable-hot-restart',
        ],
      },
    ],
  };
}

export function bootstrapPath(directory: string): string {
  return join(directory, 'envoy.json');
}

/** Arguments with which Contour writes Envoy's first configuration. */
export function bootstrapArgs(directory: string): readonly string[] {
  return [
    ...['bootstrap', bootstrapPath(directory), '--xds-resource-version=v3'],
    ...['--xds-address=127.0.0.1', `--xds-port=${XDS_PORT}`, '--admin-address=/run/envoy.sock'],
  ];
}

/** Files with Contour's own custom resources. */
export async function contourCustomResources(): Promise<string> {
  const { module, version } = RECIPES.contour;
  return join(await goModule(module, `v${version}`), 'examples/contour/01-crds.yaml');
}

const gatewayObjects = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: GATEWAY.namespace } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'contour' },
    spec: { controller: 'projectcontour.io/ingress-controller' },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: 'contour' },
    spec: { controllerName: 'projectcontour.io/gateway-controller' },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: GATEWAY,
    spec: {
      gatewayClassName: 'contour',
      listeners: [
        { name: 'http', protocol: 'HTTP', port: 80, allowedRoutes: { namespaces: { from: 'All' } } },
      ],
    },
  },
];
