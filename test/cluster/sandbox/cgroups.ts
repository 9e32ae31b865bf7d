import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterLayout, cgroupName } from '../layout.ts';

const MOUNT = '/sys/fs/cgroup';

/** Directories of the cgroup of a cluster: one in version 2, one for each controller in version 1. */
function directories(layout: Pick<ClusterLayout, 'id'>): readonly string[] {
  const isUnified = existsSync(join(MOUNT, 'cgroup.controllers'));
  const roots = isUnified ? [MOUNT] : readdirSync(MOUNT).map((controller) => join(MOUNT, controller));
  return roots.map((root) => join(root, cgroupName(layout)));
}

/** Makes the cgroup that holds all pods of the cluster; the kubelet wants it to be there. */
export function createCgroup(layout: Pick<ClusterLayout, 'id'>): void {
  for (const directory of directories(layout)) mkdirSync(directory, { recursive: true });
}

/** Removes the cgroup, once its processes have ended. */
export function removeCgroup(layout: Pick<ClusterLayout, 'id'>): void {
  for (const directory of directories(layout)) removeTree(directory);
}

/** The kernel removes a cgroup only when those within it are gone. */
function removeTree(directory: string): void {
  if (!existsSync(directory)) return;
  for (const child of subdirectories(directory)) removeTree(child);
  rmdirSync(directory);
}

function subdirectories(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(directory, entry.name));
}
