import { readFileSync } from 'node:fs';
import { command } from '../cluster/command.ts';

const MOST_SECONDS = 20;

/** Build arguments that name what the stages of the Dockerfile stand on. */
export type BaseArgument = 'NODE_IMAGE' | 'RUNTIME_IMAGE';

/** The bases that the Dockerfile takes unless it is given others. */
export const PUBLIC_BASES: Readonly<Record<BaseArgument, string>> = publicBases(
  readFileSync('Dockerfile', 'utf8'),
);

/** Whether a registry hands an image out to this machine. */
export async function canPull(reference: string): Promise<boolean> {
  try {
    await command('timeout', [`${MOST_SECONDS}`, 'skopeo', 'inspect', '--raw', `docker://${reference}`]);
    return true;
  } catch {
    return false;
  }
}

function publicBases(dockerfile: string): Record<BaseArgument, string> {
  const defaultOf = (name: BaseArgument) => {
    const image = new RegExp(`^ARG ${name}=(\\S+)$`, 'm').exec(dockerfile)?.[1];
    if (image === undefined) throw new Error(`The Dockerfile names no default for ${name}`);
    return image;
  };
  return { NODE_IMAGE: defaultOf('NODE_IMAGE'), RUNTIME_IMAGE: defaultOf('RUNTIME_IMAGE') };
}
