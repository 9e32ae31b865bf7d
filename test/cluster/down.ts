import { rmSync } from 'node:fs';
import { CLUSTER_DIRECTORY, layoutOf } from './layout.ts';
import { removeCgroup } from './sandbox/cgroups.ts';
import { disconnect } from './sandbox/network.ts';
import { destroySandbox } from './sandbox/sandbox.ts';
import { readState } from './state.ts';

/** Takes the cluster of this checkout down, however far it came and whatever happened to it since. */
export async function down(): Promise<void> {
  const state = readState(CLUSTER_DIRECTORY);
  const layout = state?.layout ?? layoutOf(0);
  if (state !== undefined) await destroySandbox(state.sandbox);
  await disconnect(layout);
  removeCgroup(layout);
  rmSync(CLUSTER_DIRECTORY, { recursive: true, force: true });
}
