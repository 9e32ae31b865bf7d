import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who talks to the API server, with the groups that Kubernetes' own bootstrap roles expect of them. */
const GROUPS = {
  admin: ['system:masters'],
  'system:kube-controller-manager': [],
  'system:kube-scheduler': [],
  'system:kube-proxy': [],
  'system:node:node': ['system:nodes'],
} as const satisfies Record<string, readonly string[]>;

export type Identity = keyof typeof GROUPS;

export type Tokens = Readonly<Record<Identity, string>>;

/** Writes the API server's token file; a token an identity, so that no certificate has to be signed. */
export function writeTokens(directory: string): Tokens {
  const identities = Object.keys(GROUPS) as Identity[];
  const tokens = Object.fromEntries(identities.map((name) => [name, randomBytes(24).toString('base64url')]));
  const rows = identities.map((name) => `${tokens[name]},${name},${name},"${GROUPS[name].join(',')}"`);
  writeFileSync(join(directory, 'tokens.csv'), `${rows.join('\n')}\n`, { mode: 0o600 });
  return tokens as Tokens;
}

/** Writes the kubeconfig of an identity and returns its path. */
export function writeKubeconfig(
  directory: string,
  identity: Identity,
  { server, certificateAuthority, token }: { server: string; certificateAuthority: string; token: string },
): string {
  const path = join(directory, `${identity.replaceAll(':', '-')}.kubeconfig`);
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'tidegate',
        cluster: {
          server,
          'certificate-authority-data': Buffer.from(certificateAuthority).toString('base64'),
        },
      },
    ],
    users: [{ name: identity, user: { token } }],
    contexts: [{ name: 'tidegate', context: { cluster: 'tidegate', user: identity } }],
    'current-context': 'tidegate',
  };
  writeFileSync(path, JSON.stringify(kubeconfig, null, 2), { mode: 0o600 });
  return path;
}
