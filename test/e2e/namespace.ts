import type { Kubectl } from '../cluster/kubectl.ts';
import { waitFor } from '../cluster/wait-for.ts';

/** Makes a namespace that admits only pods that pass `restricted`. */
export async function restrictedNamespace(kubectl: Kubectl, name: string): Promise<void> {
  await kubectl(['create', 'namespace', name]);
  await kubectl(['label', 'namespace', name, 'pod-security.kubernetes.io/enforce=restricted']);
}

const KINDS =
  'deploy,rs,sts,pods,svc,endpointslices,sa,cm,secret,pvc,hpa,pdb,netpol,ing,httproutes.gateway.networking.k8s.io,rte';
/** What every namespace has. */
const ALWAYS = new Set(['serviceaccount/default', 'configmap/kube-root-ca.crt']);

/** Names of all objects of a namespace but those that every namespace has. */
async function objectsIn(kubectl: Kubectl, namespace: string): Promise<readonly string[]> {
  const names = await kubectl(['-n', namespace, 'get', KINDS, '-o', 'name']);
  return names.split('\n').filter((name) => name !== '' && !ALWAYS.has(name));
}

/** Waits until a namespace holds these objects and no others. */
export async function onlyLeft(
  kubectl: Kubectl,
  namespace: string,
  expected: readonly string[],
): Promise<void> {
  let left: readonly string[] = [];
  await waitFor(
    `${namespace} to hold only ${expected.join(', ') || 'nothing'}`,
    async () => {
      left = await objectsIn(kubectl, namespace);
      if (left.join() === expected.join()) return true;
      throw new Error(`There is ${left.join(', ')}`);
    },
    { seconds: 120, everyMilliseconds: 500 },
  );
}
