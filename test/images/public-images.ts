import { readFileSync } from 'node:fs';
import { command } from '../cluster/command.ts';

const MOST_SECONDS = 20;

/** The base that the Dockerfile takes unless it is given another. */
export const PUBLIC_NODE_IMAGE: string = nodeImageOf(readFileSync('Dockerfile', 'utf8'));

/** Whether a registry hands an image out to this machine. */
export async function canPull(reference: string): Promise<boolean> {
  try {
    await command('timeout', [`${MOST_SECONDS}`, 'skopeo', 'inspect', '--raw', `docker://${reference}`]);
    return true;
  } catch {
    return false;
  }
}

function nodeImageOf(dockerfile: string): string {
  const image = /^ARG NODE_IMAGE=(\S+)$/m.exec(dockerfile)?.[1];
  if (image === undefined) throw new Error('The Dockerfile names no default for NODE_IMAGE');
  return image;
}
