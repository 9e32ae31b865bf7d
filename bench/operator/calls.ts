import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface AuditedCall {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly subresource?: string };
}

/** Counts the calls of users to an API server, reads among them. */
export class Calls {
  readonly args: readonly string[];
  readonly #path: string;

  constructor(directory: string) {
    this.#path = join(directory, 'calls.log');
    const policy = join(directory, 'calls-policy.json');
    const rules = [{ level: 'Metadata', userGroups: ['system:serviceaccounts'] }, { level: 'None' }];
    const omitStages = ['RequestReceived', 'ResponseStarted'];
    writeFileSync(
      policy,
      JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages, rules }),
    );
    this.args = [`--audit-policy-file=${policy}`, `--audit-log-path=${this.#path}`];
  }

  /** Calls of a service account so far, by verb and resource, but for those that keep it leading or watching. */
  of(namespace: string, account: string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    const text = existsSync(this.#path) ? readFileSync(this.#path, 'utf8') : '';
    for (const line of text.split('\n').slice(0, -1)) {
      const { verb, user, objectRef } = JSON.parse(line) as AuditedCall;
      if (user.username !== `system:serviceaccount:${namespace}:${account}`) continue;
      if (verb === 'watch' || objectRef === undefined || objectRef.resource === 'leases') continue;
      const what = [verb, [objectRef.resource, objectRef.subresource].filter(Boolean).join('/')].join(' ');
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    return counts;
  }
}

/** What was called more in the end than before. */
export function difference(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const more = [...after].map(([what, count]) => [what, count - (before.get(what) ?? 0)] as const);
  return new Map(more.filter(([, count]) => count > 0));
}
