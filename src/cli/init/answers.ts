import type { EnvironmentInput } from '../../spec/index.ts';
import { API_VERSION, KIND } from '../../spec/index.ts';

/** What `tidegate init` asks for; what is not answered has a default. */
export interface Answers {
  readonly host?: string;
  readonly name?: string;
  readonly namespace?: string;
  /** Class of an Ingress. */
  readonly ingress?: string;
  /** A Gateway as `name` or `namespace/name`; wins over the class. */
  readonly gateway?: string;
  /** `standalone`, `none`, or the host of one that exists, with or without its port. */
  readonly redis?: string;
  /** `standalone`, or the host of one that exists, with or without its port. */
  readonly postgres?: string;
}

const LONGEST_NAME = 40;
const DEFAULT_CLASS = 'contour';

/** The answers as a document that holds what they say and nothing else. */
export function documentOf(answers: Answers): EnvironmentInput {
  const host = answers.host ?? '';
  const name = answers.name ?? nameOf(host);
  const { redis = 'standalone', postgres = 'standalone' } = answers;
  const existing = {
    ...(isHost(redis) ? { redis: existingSecret(name, 'redis') } : {}),
    ...(isHost(postgres) ? { postgres: existingSecret(name, 'postgres') } : {}),
  };
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name, namespace: answers.namespace ?? name },
    spec: {
      host,
      route: routeOf(answers),
      // Without Redis no message goes from one replica to another.
      ...(redis === 'none' ? { autoscaling: { min: 1, max: 1 } } : {}),
      redis:
        redis === 'none'
          ? { inProcess: {} }
          : isHost(redis)
            ? { external: hostOf(redis) }
            : { standalone: {} },
      postgres: isHost(postgres) ? { external: hostOf(postgres) } : { standalone: {} },
      ...(Object.keys(existing).length > 0 ? { secrets: existing } : {}),
    },
  };
}

/** The first label of the host: that is what most teams call the environment anyway. */
export function nameOf(host: string): string {
  return (host.split('.')[0] ?? '').slice(0, LONGEST_NAME).replace(/-+$/, '');
}

function routeOf({ ingress = DEFAULT_CLASS, gateway }: Answers): EnvironmentInput['spec']['route'] {
  if (gateway === undefined) return { ingress: { className: ingress } };
  const [name = '', namespace] = gateway.split('/').reverse();
  return { gateway: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

function isHost(store: string): boolean {
  return store !== 'standalone' && store !== 'none';
}

function hostOf(store: string): { host: string; port?: number } {
  const [, host = store, port] = /^(.*):(\d+)$/.exec(store) ?? [];
  return { host, ...(port === undefined ? {} : { port: Number(port) }) };
}

function existingSecret(name: string, role: string) {
  return { existing: { name: `${name}-${role}`, key: 'password' } };
}
