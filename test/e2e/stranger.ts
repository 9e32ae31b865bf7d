import type { Kubectl } from '../cluster/kubectl.ts';
import { waitFor } from '../cluster/wait-for.ts';

/**
 * Tries to connect to addresses (`host:port`) from a pod of the namespace that is no part of an environment.
 *
 * @returns the addresses that answered the connection within 3 s
 */
export async function reachableByStranger(
  kubectl: Kubectl,
  namespace: string,
  addresses: readonly string[],
): Promise<readonly string[]> {
  const connect = addresses.map((address) => {
    const [host, port] = address.split(':');
    return `if timeout 3 bash -c ': > /dev/tcp/${host}/${port}'; then echo ${address}; fi`;
  });
  await kubectl(['apply', '-f', '-'], JSON.stringify(pod(namespace, connect.join('; '))));
  await waitFor('the stranger to have tried', async () => {
    const phase = await kubectl(['-n', namespace, 'get', 'pod/stranger', '-o', 'jsonpath={.status.phase}']);
    return phase === 'Succeeded' || undefined;
  });
  const reached = await kubectl(['-n', namespace, 'logs', 'pod/stranger']);
  await kubectl(['-n', namespace, 'delete', 'pod/stranger']);
  return reached.split('\n').filter((line) => line !== '');
}

function pod(namespace: string, script: string) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'stranger', namespace },
    spec: {
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'stranger',
          image: 'docker.io/library/redis:7.4',
          command: ['bash', '-c', script],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}
