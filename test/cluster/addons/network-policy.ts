import { writeFileSync } from 'node:fs';
import type { Component } from '../control-plane/components.ts';
import { type ClusterLayout, inDirectory, NODE_NAME } from '../layout.ts';
import { runInside, type Sandbox } from '../sandbox/sandbox.ts';

/** Where a program that knows no kubeconfig looks for its credentials: in the sandbox's own `/run`. */
const CREDENTIALS = '/run/secrets/kubernetes.io/serviceaccount';

/** Judges the first packet of each connection of a pod; the rules of the sandbox's network hand them over. */
export function networkPolicy({ address, ports }: ClusterLayout): Component {
  return {
    tool: 'kube-network-policies',
    args: [`--hostname-override=${NODE_NAME}`, '--netfilter-bug-1766-fix=false', '--nfqueue-id=100'],
    env: { KUBERNETES_SERVICE_HOST: address, KUBERNETES_SERVICE_PORT: `${ports.apiserver}` },
  };
}

export async function giveCredentials(
  sandbox: Sandbox,
  layout: ClusterLayout,
  { token, certificateAuthority }: { token: string; certificateAuthority: string },
): Promise<void> {
  const file = inDirectory(layout, 'network-policy-token');
  writeFileSync(file, token, { mode: 0o600 });
  const script = 'mkdir -p "$1"; cp "$2" "$1/token"; cat > "$1/ca.crt"';
  await runInside(sandbox, 'sh', ['-euc', script, 'sh', CREDENTIALS, file], { input: certificateAuthority });
}
