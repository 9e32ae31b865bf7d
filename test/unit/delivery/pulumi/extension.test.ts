import { Output, output, runtime } from '@pulumi/pulumi';
import { beforeAll, describe, expect, it } from 'vitest';
import acme from '../../../../examples/extension/tidegate.config.ts';
import { RealtimeEnvironment } from '../../../../src/delivery/pulumi/index.ts';
import { planOf } from '../../../../src/delivery/pulumi/late.ts';
import { Testing } from '../../../../src/testing/index.ts';

const settled = <T>(one: Output<T>) => new Promise<T>((resolve) => one.apply(resolve));

beforeAll(() =>
  runtime.setMocks({
    call: ({ inputs }) => inputs,
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
  }),
);

describe('GIVEN a program with the extension of the example', () => {
  const document = (image: string) => Testing.environment({ server: { image } });

  it('WHEN it declares an environment THEN what the extension adds is a child', async () => {
    const { objects } = new RealtimeEnvironment('acme', document('registry.acme.example/chat:1'), {
      extension: acme,
    });
    const urns = await Promise.all(objects.map(({ urn }) => settled(urn)));
    expect(urns.filter((urn) => urn.endsWith('Probe::acme/chat-availability'))).toHaveLength(1);
  });

  it('WHEN a plain value breaks a rule of it THEN the program ends with the code', () => {
    expect(() => new RealtimeEnvironment('plain', document('docker.io/chat:1'), { extension: acme })).toThrow(
      /^ACME1001 spec\.server\.image: /,
    );
  });

  it('WHEN the value is known late THEN the rule waits for it', async () => {
    const { server: _, ...spec } = Testing.environment().spec;
    const server = { image: output('registry.acme.example/chat:1') };
    const { environment, children } = planOf({ ...Testing.environment(), spec: { ...spec, server } }, acme);
    expect((await settled(environment)).spec.server.image).toBe('registry.acme.example/chat:1');
    const deployment = children.find(({ manifest }) => manifest.kind === 'Deployment')
      ?.manifest as unknown as {
      spec: { template: { spec: { containers: { image: unknown }[] } } };
    };
    const image = deployment.spec.template.spec.containers[0]?.image;
    expect(Output.isInstance<string>(image) && (await settled(image))).toBe('registry.acme.example/chat:1');
  });
});
