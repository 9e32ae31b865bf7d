import { expect } from 'vitest';
import type { Kubectl } from '../cluster/kubectl.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { Client, type ProxyAddress } from './chat-client.ts';

export interface Door {
  readonly namespace: string;
  /** Where the route is reached. */
  readonly proxy: ProxyAddress;
  /** Used in room and text, so that what is seen belongs to this check. */
  readonly name: string;
}

/**
 * Two clients through a proxy, on different pods, in one room: each sees the other's message and presence.
 *
 * @returns the text that the first one sent
 */
export async function twoClientsChat(kubectl: Kubectl, { namespace, proxy, name }: Door): Promise<string> {
  const host = `${namespace}.example.com`;
  const join = (user: string) => Client.open(proxy, host, `/chat/${name}?username=${user}&presence=1`);
  const ada = await join('ada');
  const bob = await onAnotherPod(kubectl, namespace, () => join('bob'));
  try {
    const both = (client: Client) =>
      client.event(
        'both users to be present',
        ({ type, users }) => type === 'presence' && users?.includes('ada') === true && users.includes('bob'),
      );
    await Promise.all([both(ada), both(bob)]);
    const [fromAda, fromBob] = [`hello from ada by ${name}`, `hello from bob by ${name}`];
    ada.send(fromAda);
    bob.send(fromBob);
    const seen = (client: Client, user: string, text: string) =>
      client.event(`“${text}”`, (event) => event.user === user && event.text === text);
    const events = await Promise.all([seen(bob, 'ada', fromAda), seen(ada, 'bob', fromBob)]);
    expect(events.map(({ type }) => type)).toEqual(['message', 'message']);
    return fromAda;
  } finally {
    await Promise.all([ada.close(), bob.close()]);
  }
}

/** Opens until the newest socket is on a pod that held none: the proxy takes turns. */
async function onAnotherPod(
  kubectl: Kubectl,
  namespace: string,
  open: () => Promise<Client>,
): Promise<Client> {
  return waitFor('a socket on another pod', async () => {
    const client = await open();
    const counts = await waitFor('both sockets to be counted', async () => {
      const connections = await connectionsByPod(kubectl, namespace);
      return connections.reduce((sum, count) => sum + count, 0) >= 2 ? connections : undefined;
    });
    if (counts.filter((count) => count > 0).length > 1) return client;
    await client.close();
    await waitFor('the socket to be counted no more', async () => {
      const connections = await connectionsByPod(kubectl, namespace);
      return connections.reduce((sum, count) => sum + count, 0) === 1 || undefined;
    });
    return undefined;
  });
}

/** Open sockets of each server pod, as the pod itself counts them. */
async function connectionsByPod(kubectl: Kubectl, namespace: string): Promise<readonly number[]> {
  const selector = 'app.kubernetes.io/component=server';
  const names = await kubectl(['-n', namespace, 'get', 'pods', '-l', selector, '-o', 'name']);
  const pods = names.trim().split('\n');
  return Promise.all(
    pods.map(async (pod) => {
      const path = `/api/v1/namespaces/${namespace}/pods/${pod.replace('pod/', '')}:8000/proxy/metrics`;
      const metrics = await kubectl(['get', '--raw', path]);
      return Number(/^tidegate_connections (\d+)$/m.exec(metrics)?.[1] ?? Number.NaN);
    }),
  );
}
