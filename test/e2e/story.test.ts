import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../cluster/cluster.ts';
import { command } from '../cluster/command.ts';
import { type Kubectl, kubectlFor } from '../cluster/kubectl.ts';
import { toolPath } from '../cluster/tools/tool-path.ts';
import { up } from '../cluster/up.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { buildImages } from '../images/build-images.ts';
import { pulumiProject } from '../integration/pulumi/pulumi-project.ts';
import { Client } from './chat-client.ts';
import { chatEnvironment } from './chat-environment.ts';
import { environmentFromValues } from './environment-from-values.ts';
import { onlyLeft, restrictedNamespace } from './namespace.ts';
import { cutAfter, livesThroughSilence } from './silence.ts';
import { step } from './step.ts';
import { reachableByStranger } from './stranger.ts';
import { twoClientsChat } from './two-clients.ts';

/** After how much silence the proxy cuts a stream. */
const STREAM_IDLE_SECONDS = 30;
const directory = mkdtempSync(join(tmpdir(), 'tidegate-story-'));
let cluster: Cluster | undefined;

afterAll(async () => {
  await cluster?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('GIVEN a machine without a cluster', () => {
  it('WHEN a team takes one environment through its life, by every front door THEN its clients can rely on it', async () => {
    const images = await step('Images are built from the Dockerfile', () => buildImages());
    const { kubeconfig, gatewayAddress, loadImage } = await step('The cluster is up', async () => {
      cluster = await up({ streamIdleTimeout: `${STREAM_IDLE_SECONDS}s` });
      return cluster;
    });
    await step('The node has the images', async () => {
      for (const { archive } of images) await loadImage(archive);
    });
    const kubectl = await kubectlFor(kubeconfig);
    const chat = new Chat(kubectl, 'chat');
    const host = 'chat.example.com';

    await step('The charts are installed', async () => {
      const helm = await toolPath('helm');
      const place = ['-n', 'tidegate-system', '--create-namespace', '--kubeconfig', kubeconfig];
      await command(helm, ['install', 'tidegate-crds', 'charts/tidegate-crds', ...place]);
      await command(helm, ['install', 'tidegate', 'charts/tidegate', ...place, '--wait', '--timeout', '90s']);
      await restrictedNamespace(kubectl, 'chat');
    });
    await step('An environment of ten lines is Ready within 60 s', async () => {
      await chat.apply(chatEnvironment({ namespace: 'chat', route: 'ingress' }));
      await chat.ready(60);
      expect(await chat.get('rte/chat', '{.status.replicas.ready}')).toBe('2');
    });
    await step(
      'An environment among the values of the chart is Ready, and helm opens a WebSocket in it',
      () => environmentFromValues(kubectl, kubeconfig),
    );
    const text = await step('Two clients on two pods chat through the Ingress', () =>
      twoClientsChat(kubectl, { namespace: 'chat', proxy: gatewayAddress, name: 'ingress' }),
    );
    await step('Their message is a row in Postgres', async () => {
      const query = `SELECT username || ': ' || body FROM tidegate_messages WHERE body = '${text}'`;
      const psql = ['psql', '-U', 'tidegate', '-d', 'tidegate', '-tAc', query];
      const row = await kubectl(['-n', 'chat', 'exec', 'chat-postgres-0', '--', ...psql]);
      expect(row.trim()).toBe(`ada: ${text}`);
    });
    await step('A pod beside it reaches the server and neither store', async () => {
      const addresses = ['chat-server:8000', 'chat-redis:6379', 'chat-postgres:5432'];
      expect(await reachableByStranger(kubectl, 'chat', addresses)).toEqual(['chat-server:8000']);
    });
    const silence = livesThroughSilence(gatewayAddress, host, 90);
    silence.catch(() => {});
    await step('The route moves from Ingress to Gateway API', async () => {
      await chat.apply(chatEnvironment({ namespace: 'chat', route: 'gateway' }));
      await chat.ready(30);
      await chat.isGone('ingress/chat');
    });
    await step('Two clients on two pods chat through the HTTPRoute', () =>
      twoClientsChat(kubectl, { namespace: 'chat', proxy: gatewayAddress, name: 'gateway' }),
    );
    await step('A socket opened before the move was silent for 90 s, and lives', () => silence);

    await step('A Deployment deleted by hand is back', async () => {
      const before = await chat.get('deploy/chat-server', '{.metadata.uid}');
      await kubectl(['-n', 'chat', 'delete', 'deploy/chat-server', '--wait=false']);
      await waitFor('another Deployment', async () => {
        const uid = await chat.get('deploy/chat-server', '{.metadata.uid}');
        return (uid !== '' && uid !== before) || undefined;
      });
      await chat.fullyRolledOut();
      await chat.ready(60);
    });
    await step(
      'A changed setting makes exactly one rollout, whose clients are told to come back',
      async () => {
        expect(await chat.revision()).toBe('1');
        const member = await Client.open(gatewayAddress, host, '/chat/rollout?username=ada');
        const ping = { intervalSeconds: 600 };
        const patch = JSON.stringify({ spec: { server: { settings: { ping } } } });
        await kubectl(['-n', 'chat', 'patch', 'rte/chat', '--type=merge', '--patch', patch]);
        await chat.ready(30);
        await chat.fullyRolledOut();
        const { code } = await waitFor('the socket on an old pod to be closed', () => member.closed);
        expect(code).toBe(1012);
        expect(await chat.revision()).toBe('2');
      },
    );
    await step(`Without pings the proxy cuts silent sockets after ${STREAM_IDLE_SECONDS} s`, async () => {
      const { seconds } = await cutAfter(gatewayAddress, host, STREAM_IDLE_SECONDS + 20);
      expect(seconds).toBeGreaterThan(STREAM_IDLE_SECONDS - 2);
      expect(await chat.revision()).toBe('2');
    });
    await step('Deleted, it leaves its volumes and nothing else', async () => {
      await kubectl(['-n', 'chat', 'delete', 'rte/chat']);
      await onlyLeft(kubectl, 'chat', [
        'persistentvolumeclaim/chat-postgres-data',
        'persistentvolumeclaim/chat-redis-data',
      ]);
    });
    await step('It comes back to its volumes, with other passwords', async () => {
      await chat.apply(chatEnvironment({ namespace: 'chat', route: 'gateway', retention: 'Delete' }));
      await chat.ready(60);
      const reader = await Client.open(gatewayAddress, host, '/chat/ingress?username=eve');
      await reader.event('the message of before', (event) => event.text === text);
      await reader.close();
    });
    await step('With retention Delete nothing at all is left', async () => {
      await kubectl(['-n', 'chat', 'delete', 'rte/chat']);
      await onlyLeft(kubectl, 'chat', []);
    });

    await step('The same environment goes up from Git, with secrets ensured', async () => {
      const file = write('chat-git', 'ingress');
      await restrictedNamespace(kubectl, 'chat-git');
      const out = join(directory, 'rendered');
      const app = `node src/cli/main.ts synth ${file}`;
      await command('cdk8s', ['synth', '--check-upgrade=false', '--app', app, '--output', out]);
      await command('node', ['src/cli/main.ts', 'secrets', 'ensure', file, '--kubeconfig', kubeconfig]);
      await kubectl(['apply', '--server-side', '-k', join(out, 'chat')]);
      await new Chat(kubectl, 'chat-git').fullyRolledOut();
      await twoClientsChat(kubectl, { namespace: 'chat-git', proxy: gatewayAddress, name: 'git' });
      await kubectl(['delete', 'namespace', 'chat-git']);
    });
    await step('The same environment goes up by Pulumi, which keeps its secrets', async () => {
      const project = await pulumiProject(kubeconfig);
      try {
        await restrictedNamespace(kubectl, 'chat-pulumi');
        const stack = ['--stack', 'story'];
        await project.pulumi('stack', 'init', 'story');
        await project.pulumi(
          'config',
          'set',
          'tidegate:environment',
          write('chat-pulumi', 'gateway'),
          ...stack,
        );
        await project.pulumi('up', '--yes', '--skip-preview', ...stack);
        await new Chat(kubectl, 'chat-pulumi').fullyRolledOut();
        await twoClientsChat(kubectl, { namespace: 'chat-pulumi', proxy: gatewayAddress, name: 'pulumi' });
        await project.pulumi('up', '--yes', '--skip-preview', '--expect-no-changes', ...stack);
        await project.pulumi('destroy', '--yes', '--skip-preview', ...stack);
      } finally {
        project.remove();
      }
    });
    await step('The cluster is down', async () => {
      await cluster?.stop();
      cluster = undefined;
    });
  });
});

/** Writes the environment's document and returns its path. */
function write(namespace: string, route: 'ingress' | 'gateway'): string {
  const file = join(directory, `${namespace}.yaml`);
  writeFileSync(file, chatEnvironment({ namespace, route }));
  return file;
}

/** The environment `chat` of one namespace, as kubectl sees it. */
class Chat {
  readonly #kubectl: Kubectl;
  readonly #namespace: string;

  constructor(kubectl: Kubectl, namespace: string) {
    this.#kubectl = kubectl;
    this.#namespace = namespace;
  }

  apply(document: string): Promise<string> {
    return this.#kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], document);
  }

  /** One field of an object; empty when either is not there. */
  get(object: string, jsonPath: string): Promise<string> {
    const output = ['--ignore-not-found', '-o', `jsonpath=${jsonPath}`];
    return this.#kubectl(['-n', this.#namespace, 'get', object, ...output]);
  }

  /** Waits until the operator says that the newest spec is Ready. */
  async ready(seconds: number): Promise<void> {
    await waitFor(
      'the environment to be Ready',
      async () => {
        const [generation, observed, ready, message] = (
          await this.get(
            'rte/chat',
            '{.metadata.generation}|{.status.observedGeneration}|{.status.conditions[?(@.type=="Ready")].status}|{.status.conditions[?(@.type=="Ready")].message}',
          )
        ).split('|');
        if (generation !== '' && generation === observed && ready === 'True') return true;
        throw new Error(`Generation ${observed} of ${generation} is Ready=${ready}: ${message}`);
      },
      { seconds, everyMilliseconds: 250 },
    );
  }

  /** Waits until both replicas are of the newest template, are ready, and no older one is left. */
  async fullyRolledOut(): Promise<void> {
    await waitFor(
      'the rollout to be complete',
      async () => {
        const seen = await this.get(
          'deploy/chat-server',
          '{.metadata.generation}={.status.observedGeneration} {.status.replicas} {.status.updatedReplicas} {.status.readyReplicas}',
        );
        if (/^(\d+)=\1 2 2 2$/.test(seen)) return true;
        throw new Error(`Generation, replicas, updated and ready are ${seen}`);
      },
      { seconds: 120, everyMilliseconds: 250 },
    );
  }

  revision(): Promise<string> {
    return this.get('deploy/chat-server', '{.metadata.annotations.deployment\\.kubernetes\\.io/revision}');
  }

  async isGone(object: string): Promise<void> {
    await waitFor(
      `${object} to be gone`,
      async () => (await this.get(object, '{.kind}')) === '' || undefined,
    );
  }
}
