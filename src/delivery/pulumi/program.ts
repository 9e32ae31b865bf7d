import { resolve } from 'node:path';
import { Config, getStack, type Output, RunError } from '@pulumi/pulumi';
import { TidegateError } from '../../spec/index.ts';
import { RealtimeEnvironment, readExtended } from './index.ts';

/**
 * The program of the Pulumi.yaml at the root: delivers the environments of one file, a stack an environment, with the extension
 * that `tidegate:config` names or that is found beside the file.
 */

// Pulumi starts a program in the program's own directory.
const root = resolve(import.meta.dirname, '../../..');
const config = new Config('tidegate');
const file = config.get('environment') ?? `environments/${getStack()}.yaml`;
const extensionFile = config.get('config');

/** Where clients connect, by environment. */
export const urls: Readonly<Record<string, Output<string>>> = await deliver();

async function deliver(): Promise<Record<string, Output<string>>> {
  try {
    const { environments, extension } = await readExtended(
      [resolve(root, file)],
      extensionFile && resolve(root, extensionFile),
    );
    return Object.fromEntries(
      environments.map((environment) => {
        const { name } = environment.metadata;
        return [name, new RealtimeEnvironment(name, environment, { extension }).url];
      }),
    );
  } catch (error) {
    // Said without a stack trace: it is about the file and not about this program.
    if (error instanceof TidegateError) throw new RunError(error.message);
    throw error;
  }
}
