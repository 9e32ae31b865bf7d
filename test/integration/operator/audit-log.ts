import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A write that the API server took, refused or failed at. */
export interface AuditedWrite {
  readonly verb: 'create' | 'update' | 'patch' | 'delete';
  readonly userAgent: string;
  readonly user: { readonly username: string };
  readonly objectRef: {
    readonly resource: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly responseStatus: { readonly code: number };
  /** In microseconds, as text that sorts. */
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** What an API server notes of writes. It notes one before it answers. */
export class AuditLog {
  readonly args: readonly string[];
  readonly #path: string;

  constructor(directory: string) {
    this.#path = join(directory, 'audit.log');
    const policy = join(directory, 'audit-policy.json');
    const rules = [
      { level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
      { level: 'None' },
    ];
    writeFileSync(
      policy,
      JSON.stringify({
        apiVersion: 'audit.k8s.io/v1',
        kind: 'Policy',
        omitStages: ['RequestReceived'],
        rules,
      }),
    );
    this.args = [`--audit-policy-file=${policy}`, `--audit-log-path=${this.#path}`];
  }

  /** Writes of operators so far, but of their leases, in the order they were answered. */
  writes(): readonly AuditedWrite[] {
    if (!existsSync(this.#path)) return [];
    const lines = readFileSync(this.#path, 'utf8').split('\n');
    return lines
      .slice(0, -1)
      .map((line) => JSON.parse(line) as AuditedWrite)
      .filter(({ userAgent }) => userAgent?.startsWith('tidegate-operator/'))
      .filter(({ objectRef }) => objectRef.resource !== 'leases');
  }
}
