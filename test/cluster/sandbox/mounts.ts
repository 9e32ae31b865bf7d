import { runInside, type Sandbox } from './sandbox.ts';

/**
 * Gives the sandbox its own empty `/run`, `/var/lib` and `/var/log`, where its programs keep what they let nobody move, and
 * lets mounts that the kubelet makes reach the pods.
 */
export async function mountPrivately(sandbox: Sandbox): Promise<void> {
  const script =
    'mount --make-rshared /; for at in /run /var/lib /var/log; do mount -t tmpfs -o mode=755 tmpfs "$at"; done';
  await runInside(sandbox, 'sh', ['-euc', script]);
}
