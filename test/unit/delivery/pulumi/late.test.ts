import { Output, output } from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { type Manifest, render } from '../../../../src/constructs/index.ts';
import { planOf, type RealtimeEnvironmentArgs } from '../../../../src/delivery/pulumi/late.ts';
import { parse } from '../../../../src/spec/index.ts';
import { environment } from '../../environment.ts';

const settled = <T>(value: Output<T>) =>
  new Promise<T>((resolve) => value.apply((known) => resolve(known as T)));

const existing = { existing: { name: 'postgres-credentials', key: 'password' } };
const withDatabase = (host: unknown, more: Record<string, unknown> = {}) =>
  environment({
    postgres: { external: { host } },
    secrets: { postgres: existing },
    ...more,
  }) as RealtimeEnvironmentArgs;

const named = (manifests: readonly Manifest[], kind: string, name: string) =>
  manifests.find((one) => one.kind === kind && one.metadata.name === name);

/** Where outputs are in the planned objects, but for the Secrets, whose values differ at each render anyway. */
function outputsOf(args: RealtimeEnvironmentArgs): readonly string[] {
  const paths = (value: unknown, path: string): readonly string[] => {
    if (Output.isInstance(value)) return [path];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, child]) => paths(child, `${path}.${key}`));
  };
  return planOf(args)
    .children.filter(({ manifest }) => manifest.kind !== 'Secret')
    .flatMap(({ manifest }) => paths(manifest, `${manifest.kind}/${manifest.metadata.name}`));
}

/** The objects as the provider gets them, without the annotations of Pulumi's. */
const resolved = async (args: RealtimeEnvironmentArgs) =>
  (await settled(output(planOf(args).children.map(({ manifest }) => manifest)))) as readonly Manifest[];

describe('GIVEN a database whose address another resource has', () => {
  it('WHEN the environment is planned THEN it is the one that the plain address gives, hash included', async () => {
    const plain = await resolved(withDatabase('db.example.com'));
    const late = await resolved(withDatabase(output('db.example.com')));
    const withoutSecrets = (manifests: readonly Manifest[]) =>
      manifests.filter(({ kind }) => kind !== 'Secret');
    expect(withoutSecrets(late)).toEqual(withoutSecrets(plain));
    const settings = named(late, 'ConfigMap', 'chat-server');
    expect(settings?.data).toEqual(
      named(render(parse(withDatabase('db.example.com'))), 'ConfigMap', 'chat-server')?.data,
    );
  });

  it('WHEN the environment is planned THEN all but the settings, their hash and the way out to it is known at once', () => {
    expect(outputsOf(withDatabase(output('db.example.com')))).toEqual([
      'ConfigMap/chat-server.data.settings.yaml',
      'Deployment/chat-server.spec.template.metadata.annotations.tidegate.dev/config-hash',
      'NetworkPolicy/chat-server.spec.egress.2',
    ]);
    expect(outputsOf(withDatabase('db.example.com'))).toEqual([]);
  });
});

describe('GIVEN a namespace that another resource has', () => {
  it('WHEN the environment is planned THEN every object is in it', async () => {
    const document = environment();
    const metadata = { name: 'chat', namespace: output('chat-late') };
    const manifests = await resolved({ ...document, metadata } as RealtimeEnvironmentArgs);
    expect(new Set(manifests.map((manifest) => manifest.metadata.namespace))).toEqual(new Set(['chat-late']));
  });
});

describe('GIVEN a database that may be a Service of the cluster or not', () => {
  const egress = (manifests: readonly Manifest[]) => named(manifests, 'NetworkPolicy', 'chat-server')?.spec;

  it.each(['db.stores.svc.cluster.local', 'db.example.com', '192.0.2.7'])(
    'WHEN its host turns out to be %s THEN the network policy is that of the plain host',
    async (host) => {
      const plain = await resolved(withDatabase(host));
      expect(egress(await resolved(withDatabase(output(host))))).toEqual(egress(plain));
    },
  );
});

describe('GIVEN outputs in every kind of field that may be one', () => {
  const late = {
    ...environment(),
    metadata: { name: 'chat', namespace: output('chat-late') },
    spec: {
      host: output('late.example.com'),
      route: { gateway: { name: output('public'), namespace: output('infra') } },
      config: { GREETING: output('Hello') },
      server: {
        image: output('ghcr.io/acme/chat:2'),
        imagePullSecrets: [output('registry')],
        secretEnv: { TOKEN: { name: output('api'), key: output('token') } },
      },
      postgres: {
        external: { host: output('db.example.com'), port: output(6432), database: output('chat') },
      },
      secrets: { postgres: { existing: { name: output('database'), key: 'password' } } },
    },
  } satisfies RealtimeEnvironmentArgs;

  it('WHEN the environment is planned THEN it is the one that the plain values give', async () => {
    const known = (await settled(output(late))) as RealtimeEnvironmentArgs;
    const withoutSecrets = async (args: RealtimeEnvironmentArgs) =>
      (await resolved(args)).filter(({ kind }) => kind !== 'Secret');
    expect(await withoutSecrets(late as RealtimeEnvironmentArgs)).toEqual(await withoutSecrets(known));
  });
});

describe('GIVEN an output where the tree depends on its value', () => {
  it.each<[string, RealtimeEnvironmentArgs]>([
    // @ts-expect-error The type says so as well.
    ['spec.retention', { ...environment(), spec: { ...environment().spec, retention: output('Delete') } }],
    [
      'spec.route.ingress.className',
      // @ts-expect-error The type says so as well.
      { ...environment(), spec: { host: 'a.example', route: { ingress: { className: output('contour') } } } },
    ],
    // @ts-expect-error The type says so as well.
    ['metadata.name', { ...environment(), metadata: { name: output('chat') } }],
    [
      'spec.autoscaling.max',
      // @ts-expect-error The type says so as well.
      { ...environment(), spec: { ...environment().spec, autoscaling: { max: output(3) } } },
    ],
    // @ts-expect-error The type says so as well.
    ['spec.route', { ...environment(), spec: { host: 'a.example', route: output({}) } }],
  ])('WHEN it stands at %s THEN the field is told, and that a plain value is needed', (path, args) => {
    expect(() => planOf(args)).toThrow(
      `TG1482 ${path}: An output cannot stand here, because other fields follow from its value. Give a plain value, `,
    );
  });
});
