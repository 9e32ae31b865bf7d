import { resolve } from 'node:path';
import { Config, getStack, type Output, RunError } from '@pulumi/pulumi';
import { TidegateError } from '../../spec/index.ts';
import { RealtimeEnvironment, readEnvironments } from './index.ts';

/** The program of the Pulumi.yaml at the root: delivers the environments of one file, a stack an environment. */

// Pulumi starts a program in the program's own directory.
const root = resolve(import.meta.dirname, '../../..');
const file = new Config('tidegate').get('environment') ?? `environments/${getStack()}.yaml`;

/** Where clients connect, by environment. */
export const urls: Readonly<Record<string, Output<string>>> = deliver();

function deliver(): Record<string, Output<string>> {
  try {
    return Object.fromEntries(
      readEnvironments([resolve(root, file)]).map((environment) => {
        const { name } = environment.metadata;
        return [name, new RealtimeEnvironment(name, environment).url];
      }),
    );
  } catch (error) {
    // Said without a stack trace: it is about the file and not about this program.
    if (error instanceof TidegateError) throw new RunError(error.message);
    throw error;
  }
}
