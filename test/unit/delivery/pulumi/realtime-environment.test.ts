import type { CustomResource, Output } from '@pulumi/pulumi';
import { runtime } from '@pulumi/pulumi';
import { beforeAll, describe, expect, it } from 'vitest';
import { owned, render } from '../../../../src/constructs/index.ts';
import { RealtimeEnvironment } from '../../../../src/delivery/pulumi/index.ts';
import { parse } from '../../../../src/spec/index.ts';
import { environment } from '../../environment.ts';

type Inputs = { readonly metadata: { readonly [field: string]: unknown }; readonly [field: string]: unknown };

/** Inputs of what a program registered, with the name of its resource. */
const registered: (readonly [name: string, inputs: Inputs])[] = [];
const registeredBy = (component: string) =>
  registered.filter(([name]) => name.startsWith(`${component}/`)).map(([, inputs]) => inputs);

const settled = <T>(output: Output<T>) => new Promise<T>((resolve) => output.apply(resolve));
const urnsOf = (objects: readonly CustomResource[]) => Promise.all(objects.map(({ urn }) => settled(urn)));

beforeAll(async () => {
  await runtime.setMocks(
    {
      call: ({ inputs }) => inputs,
      newResource: ({ name, inputs }) => {
        registered.push([name, inputs]);
        return { id: name, state: inputs };
      },
    },
    'project',
    'stack',
  );
});

const both = {
  route: { ingress: { className: 'contour' }, gateway: { name: 'public', namespace: 'infra' } },
};

describe('GIVEN an environment with stores of its own and both routes', () => {
  it('WHEN a program declares it THEN each object is a child of its Kubernetes type, stores and server last', async () => {
    const { objects } = new RealtimeEnvironment('live', environment(both));
    const prefix = 'urn:pulumi:stack::project::tidegate:index:RealtimeEnvironment$kubernetes:';
    expect(await urnsOf(objects)).toEqual(
      [
        'core/v1:Secret::live/chat-redis',
        'core/v1:Secret::live/chat-postgres',
        'core/v1:Secret::live/chat-token',
        'core/v1:Secret::live/chat-api',
        'core/v1:ConfigMap::live/chat-redis',
        'core/v1:PersistentVolumeClaim::live/chat-redis-data',
        'core/v1:Service::live/chat-redis',
        'core/v1:PersistentVolumeClaim::live/chat-postgres-data',
        'core/v1:Service::live/chat-postgres',
        'core/v1:ServiceAccount::live/chat-server',
        'core/v1:ConfigMap::live/chat-server',
        'core/v1:Service::live/chat-server',
        'autoscaling/v2:HorizontalPodAutoscaler::live/chat-server',
        'policy/v1:PodDisruptionBudget::live/chat-server',
        'networking.k8s.io/v1:NetworkPolicy::live/chat-server',
        'networking.k8s.io/v1:NetworkPolicy::live/chat-redis',
        'networking.k8s.io/v1:NetworkPolicy::live/chat-postgres',
        'networking.k8s.io/v1:Ingress::live/chat',
        'gateway.networking.k8s.io/v1:HTTPRoute::live/chat',
        'apps/v1:StatefulSet::live/chat-redis',
        'apps/v1:StatefulSet::live/chat-postgres',
        'apps/v1:Deployment::live/chat-server',
      ].map((urn) => prefix + urn),
    );
  });

  it('WHEN a program declares it THEN what reaches the provider is the render, and annotations of Pulumi’s', async () => {
    await urnsOf(new RealtimeEnvironment('inputs', environment(both)).objects);
    const rendered = owned(render(parse(environment(both))), 'pulumi');
    const inputs = registeredBy('inputs').map(({ metadata, ...rest }) => {
      const others = Object.entries((metadata.annotations ?? {}) as Record<string, string>).filter(
        ([key]) => !key.startsWith('pulumi.com/'),
      );
      const { annotations: _, ...plain } = metadata;
      return {
        ...rest,
        metadata: { ...plain, ...(others.length > 0 ? { annotations: Object.fromEntries(others) } : {}) },
      };
    });
    for (const manifest of rendered) expect(inputs).toContainEqual(manifest);
  });

  it('WHEN a program declares it THEN the URL is that of its host', async () => {
    const { url, namespace, objects } = new RealtimeEnvironment('url', environment(both));
    expect([await settled(url), await settled(namespace)]).toEqual(['wss://chat.example.com', 'chat-test']);
    await urnsOf(objects);
  });
});

describe('GIVEN an environment whose only route is an Ingress without TLS', () => {
  it('WHEN a program declares it THEN its URL says so', async () => {
    const { url, objects } = new RealtimeEnvironment('clear', environment());
    expect(await settled(url)).toBe('ws://chat.example.com');
    await urnsOf(objects);
  });
});

describe('GIVEN an environment whose credentials somebody else creates', () => {
  it('WHEN a program declares it THEN it creates no Secret', async () => {
    const existing = (key: string) => ({ existing: { name: 'theirs', key } });
    const secrets = Object.fromEntries(
      ['redis', 'postgres', 'token', 'api'].map((role) => [role, existing(role)]),
    );
    await urnsOf(new RealtimeEnvironment('theirs', environment({ secrets })).objects);
    expect(registeredBy('theirs').filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});

describe('GIVEN an environment that breaks a rule', () => {
  it('WHEN a program declares it THEN it ends with the code, the field and the remedy, and registers nothing', () => {
    const wrong = environment({ autoscaling: { min: 5, max: 3 } });
    expect(() => new RealtimeEnvironment('wrong', wrong)).toThrow(/^TG1104 spec\.autoscaling\.min: /);
    expect(registeredBy('wrong')).toEqual([]);
  });
});
