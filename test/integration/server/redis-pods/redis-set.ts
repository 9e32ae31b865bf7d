import { parse as parseYaml } from 'yaml';
import { render } from '../../../../src/constructs/index.ts';
import { type EnvironmentInput, parse, type SettingsInput } from '../../../../src/spec/index.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { environment } from '../../../unit/environment.ts';
import { PodNetwork } from './network.ts';
import { Pod, type PodTemplate } from './pod.ts';

export const PASSWORD = 'a "password" of the \\tests';

/** The Redis of an environment with Sentinels: what is rendered of it, running. */
export interface RedisSet {
  readonly pods: readonly Pod[];
  /** Settings, under `redis`, of the environment's servers. */
  readonly settings: NonNullable<SettingsInput['redis']>;
  /** The pod that most Sentinels call the primary. @param other than this one */
  primary(other?: Pod): Promise<Pod>;
  /** Resolves when all pods are ready. */
  allReady(): Promise<void>;
  remove(): Promise<void>;
}

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: { readonly replicas: number; readonly template: { readonly spec: PodTemplate } };
}

/** @param secrets files of the certificate's Secret, where there is one */
export async function startRedisSet(
  sentinel: object = {},
  secrets: Readonly<Record<string, string>> = {},
): Promise<RedisSet> {
  const objects = render(
    parse(environment({ redis: { sentinel } }) as EnvironmentInput),
  ) as unknown as readonly Rendered[];
  const find = (kind: string, name: string) => {
    const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
    if (found === undefined) throw new Error(`No ${kind} ${name}`);
    return found;
  };
  const { replicas, template } = find('StatefulSet', 'chat-redis-node').spec;
  const config = find('ConfigMap', 'chat-redis-node').data;
  const inDirectory = (directory: string, files: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`${directory}/${name}`, text]));
  const pod: PodTemplate = {
    initContainers: template.spec.initContainers,
    containers: template.spec.containers,
    files: {
      ...inDirectory('/etc/redis', config),
      '/etc/tidegate/secrets/password': PASSWORD,
      ...inDirectory('/etc/tidegate/tls', secrets),
    },
    kept: ['/data'],
    scratch: ['/run/redis', '/etc/redis', '/etc/tidegate/secrets', '/etc/tidegate/tls'],
  };
  const network = await PodNetwork.create();
  const pods = Array.from({ length: replicas }, (_, index) => {
    const name = `chat-redis-node-${index}`;
    return new Pod(name, `${name}.chat-redis-node`, pod, network);
  });
  await Promise.all(pods.map((one) => one.start()));

  const { redis } = parseYaml(find('ConfigMap', 'chat-server').data['settings.yaml'] ?? '') as SettingsInput;
  return {
    pods,
    settings: {
      ...redis,
      password: PASSWORD,
      sentinelPassword: PASSWORD,
      ...(secrets['ca.crt'] !== undefined && { tlsCa: secrets['ca.crt'] }),
    },
    primary(other) {
      return waitFor('a primary', async () => {
        const ask = '. /etc/redis/common.sh; primary';
        const answers = await Promise.allSettled(pods.map((one) => one.run(['sh', '-c', ask])));
        const hosts = answers.flatMap((answer) =>
          answer.status === 'fulfilled' ? [answer.value.trim()] : [],
        );
        return pods.find((one) => one.host === hosts[0] && one !== other);
      });
    },
    async allReady() {
      await waitFor(
        'all pods to be ready',
        async () =>
          (await Promise.all(pods.map((one) => one.isReady()))).every((ready) => ready) || undefined,
      );
    },
    async remove() {
      for (const one of pods) await one.remove();
    },
  };
}
