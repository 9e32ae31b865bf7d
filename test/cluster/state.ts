import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterLayout } from './layout.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/** What is known of a cluster from its start on, so that any later program can use it or take it down. */
export interface ClusterState {
  readonly layout: ClusterLayout;
  readonly sandbox: Sandbox;
  /** Path of the administrator's kubeconfig; there from when it is up. */
  readonly kubeconfig?: string;
}

export function readState(directory: string): ClusterState | undefined {
  const path = join(directory, 'state.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ClusterState) : undefined;
}

export function writeState(state: ClusterState): void {
  mkdirSync(state.layout.directory, { recursive: true });
  writeFileSync(join(state.layout.directory, 'state.json'), `${JSON.stringify(state, null, 2)}\n`);
}
